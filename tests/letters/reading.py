"""A rendered letter as a reader's program sees it, and as a golden file has it."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdf

from fordran.letters.render import RenderedLetter

GOLDEN = Path(__file__).parents[1] / "golden" / "letters"


@dataclass(frozen=True)
class Read:
    """The text and the catalogue of a PDF."""

    pages: tuple[str, ...]
    text: str
    """All pages on one line, with plain spaces."""

    catalog: Any
    title: str | None

    @property
    def golden(self) -> str:
        """The pages with their lines, one empty line between pages."""
        pages = ("\n".join(line.rstrip() for line in page.splitlines()) for page in self.pages)
        return "\n\n".join(pages) + "\n"


def read(letter: RenderedLetter) -> Read:
    reader = pypdf.PdfReader(io.BytesIO(letter.pdf))
    pages = tuple(page.extract_text().replace("\u00a0", " ") for page in reader.pages)
    return Read(
        pages=pages,
        text=" ".join(" ".join(pages).split()),
        catalog=reader.trailer["/Root"],
        title=reader.metadata.title if reader.metadata else None,
    )


def golden(name: str) -> str:
    return (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
