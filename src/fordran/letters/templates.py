"""Where the templates of letters are, what each is made of, and its version."""

import hashlib
import importlib.metadata
import re
from functools import cache
from pathlib import Path

from fordran.letters.letter_kind import LetterKind, Locale

TEMPLATES = Path(__file__).with_name("templates")

_IMPORT = re.compile(r'^#import "([a-z0-9_.]+)"', re.ASCII | re.MULTILINE)


def template_path(kind: LetterKind, locale: Locale) -> Path:
    """Return the file that typesets a kind of letter in a language."""
    return TEMPLATES / f"{kind.value}.{locale.value}.typ"


def sources_of(template: Path) -> tuple[Path, ...]:
    """Return a template and everything that it imports, each once, itself first."""
    found = [template]
    for source in found:
        imported = _IMPORT.findall(source.read_text(encoding="utf-8"))
        found += [path for name in imported if (path := source.with_name(name)) not in found]
    return tuple(found)


@cache
def template_version(kind: LetterKind, locale: Locale) -> str:
    """Return the name, digest and typesetter of a template, for the record of a letter.

    The digest is of every source that the template is made of.
    """
    template = template_path(kind, locale)
    digest = hashlib.sha256()
    for source in sources_of(template):
        digest.update(source.read_bytes())
    return f"{template.stem}/{digest.hexdigest()[:12]}/typst-{importlib.metadata.version('typst')}"
