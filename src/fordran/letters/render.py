"""Typeset a letter as a tagged PDF, the same bytes for the same facts.

The typesetter is brought in when the first letter is rendered: a process that only answers the
API never pays for it. Texts reach the template as data, so `#panic()` in a name prints as such.
"""

import re
import threading
import unicodedata
from datetime import UTC
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from fordran.letters.completeness import Contents, check_contents
from fordran.letters.contents import contents_of
from fordran.letters.letter import Letter, kind_of
from fordran.letters.letter_kind import Locale
from fordran.letters.templates import TEMPLATES, template_path, template_version

if TYPE_CHECKING:
    import typst

PDF_STANDARD: Final = "ua-1"
REPLACEMENT = "\ufffd"

_FILE_NAME = re.compile(r"[a-z0-9_.]+", re.ASCII)
_FAMILIAR = re.compile(r"[ -~\u00a1-\u00ac\u00ae-\u017f\u0391-\u03a1\u03a3-\u03c9\u0400-\u045f]*")
"""Latin, Greek and Cyrillic letters that our text face is known to have; a test asks it."""


class RenderedLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter ready for the post.

    `template_version` names the template, a digest of its sources, and the typesetter: equal
    facts under an equal version are equal bytes.
    """

    pdf: bytes
    template_version: str
    unprintable: tuple[str, ...] = ()
    """Characters that no font of ours has, printed as U+FFFD; somebody should look."""


def render(letter: Letter, locale: Locale) -> RenderedLetter:
    """Check a letter's contents and typeset it; its kind follows from its type.

    Raises: LetterIncomplete.
    Source: inkassolagen (1974:182) 5 §; docs/decisions/0012 and 0036.
    """
    unprintable: dict[str, None] = {}

    def fit(text: str) -> str:
        return fitted(text, unprintable)

    kind = kind_of(letter)
    contents = contents_of(letter, fit)
    check_contents(kind, contents)
    template = template_path(kind, locale)
    pdf = _compiler(template).compile(
        source(template, contents),
        format="pdf",
        pdf_standards=PDF_STANDARD,
        timestamp=letter.dispatched_at.astimezone(UTC),
    )
    assert isinstance(pdf, bytes)
    return RenderedLetter(
        pdf=pdf,
        template_version=template_version(kind, locale),
        unprintable=tuple(unprintable),
    )


def source(template: Path, contents: Contents) -> bytes:
    r"""Return the main file of a letter: its template, applied to contents as one string of JSON.

    In a string of the typesetter's only a quotation mark and a backslash mean anything, and both
    are escaped, so no text from outside is ever parsed as markup. As an input of the whole program
    instead (`sys_inputs`) the contents would void what the typesetter remembers of the template,
    and a letter take a fifth longer; as a list of bytes, a tenth.

    >>> print(source(Path("letter.sv.typ"), {"name": '"'}).decode().splitlines()[1])
    #typeset(json(bytes("{\"name\":\"\\\"\"}")))
    """
    assert _FILE_NAME.fullmatch(template.name), "a template's name is plain"
    data = msgspec.json.encode(contents).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return b'#import "%s": typeset\n#typeset(json(bytes("%s")))\n' % (template.name.encode(), data)


def fitted(text: str, unprintable: dict[str, None]) -> str:
    """Return a text with what our fonts lack replaced, and note what that was.

    A compatibility form is tried first, so full-width letters and ligatures survive.
    """
    if _FAMILIAR.fullmatch(text):
        return text
    return "".join(_fitted_cluster(cluster, unprintable) for cluster in _clusters(text))


def _fitted_cluster(cluster: str, unprintable: dict[str, None]) -> str:
    if has_glyph(cluster):
        return cluster
    compatible = unicodedata.normalize("NFKC", cluster)
    if compatible != cluster and has_glyph(compatible):
        return compatible
    unprintable[cluster] = None
    return REPLACEMENT


def _clusters(text: str) -> list[str]:
    """Split a text into characters, each with the marks that follow it."""
    clusters: list[str] = []
    for char in text:
        joins = unicodedata.category(char) in {"Mn", "Mc", "Me", "Cf"}
        if joins and clusters:
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


@lru_cache(maxsize=8192)
def has_glyph(cluster: str) -> bool:
    """Ask the typesetter whether our fonts can show a character; it refuses the PDF if not."""
    import typst  # noqa: PLC0415 - only a process that renders pays for it

    try:
        _compiler(TEMPLATES / "glyph.typ").compile(
            format="pdf", sys_inputs={"cluster": cluster}, pdf_standards=PDF_STANDARD
        )
    except typst.TypstError:
        return False
    return True


_of_thread = threading.local()


def _compiler(template: Path) -> "typst.Compiler":
    """Return this thread's compiler for a template; a compiler serves one thread at a time."""
    compilers: dict[Path, typst.Compiler] = _of_thread.__dict__.setdefault("compilers", {})
    if template not in compilers:
        compilers[template] = new_compiler(template)
    return compilers[template]


def new_compiler(template: Path) -> "typst.Compiler":
    """Return a compiler that knows our fonts and our templates, and nothing else of the machine."""
    import typst  # noqa: PLC0415 - only a process that renders pays for it

    return typst.Compiler(
        template,
        root=template.parent,
        font_paths=[],
        ignore_system_fonts=True,
    )
