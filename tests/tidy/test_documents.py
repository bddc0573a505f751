"""The documents: links lead somewhere, every file is on the tour, every word in the glossary."""

import re
from pathlib import Path

import pytest

from tests.tidy.source import (
    DOCS,
    PACKAGE,
    ROOT,
    TESTS,
    documents,
    name_of,
    source_files,
    text_of,
)

LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMED_FILE = re.compile(r"`((?:src|tests|docs|bench)/[\w./-]+|\.ci/run)`")
SOURCE_FILE = re.compile(
    r"`((?:domain|storage|letters|operations|api|worker|sandbox|cli)/[\w/]+\.(?:py|sql))`"
)

WORDS = [
    "account",
    "creditor",
    "customer",
    "debtor",
    "case registration",
    "case",
    "debt",
    "capital",
    "interest",
    "costs",
    "transaction",
    "entry",
    "posting",
    "ledger account",
    "unit of work",
    "state",
    "status",
    "flow config",
    "flow item",
    "next flow item",
    "agenda",
    "anchor",
    "delay",
    "guard",
    "hold",
    "outgoing act",
    "refused act",
    "limitation",
    "depreciated",
    "creditor payment",
    "origin",
    "reference number",
    "OCR number",
    "media",
    "draft",
    "demand",
    "demand group",
    "carrier",
    "door",
    "gateway",
    "valuation",
    "facts",
    "wide row",
    "narrow row",
]
SWEDISH = ["gäldenär", "borgenär", "inkassokrav", "preskription", "räntelagen", "dröjsmålsränta"]


def sections(text: str, level: str) -> dict[str, str]:
    """Return the parts of a document under each heading of a level."""
    parts = re.split(rf"^{level} (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_links_lead_somewhere(document: Path) -> None:
    broken = []
    for link in LINK.findall(text_of(document)):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (document.parent / place).resolve() if place else document
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_files_that_are_named_exist(document: Path) -> None:
    named = [ROOT / name for name in NAMED_FILE.findall(text_of(document))]
    named += [PACKAGE / name for name in SOURCE_FILE.findall(text_of(document))]
    assert not [name_of(path) for path in named if not path.exists() and "NNNN" not in path.name]


def test_the_tour_names_every_file_once() -> None:
    tour = sections(text_of(DOCS / "architecture.md"), "##")["Every file"]
    named = [
        f"{folder}/{file}"
        for folder, lines in sections(tour, "###").items()
        for file in re.findall(r"^- `([^`]+)` - .+\.$", lines, re.MULTILINE)
    ]
    assert sorted(named) == sorted(map(name_of, source_files(".py", ".sql", ".typ")))


def test_the_glossary_has_each_word_once() -> None:
    text = text_of(DOCS / "glossary.md")
    defined = re.findall(r"^\| ([^|]+?) \| ", text, re.MULTILINE)
    words = [
        word for word in defined if word not in {"word", "prefix"} and not word.startswith("`")
    ]
    assert len(set(words)) == len(words)
    assert not [word for word in WORDS if word not in words]
    assert not [word for word in SWEDISH if word not in text]


def test_the_glossarys_code_exists() -> None:
    """The column 'code' names what is there: files, classes, functions, columns."""
    source = "\n".join(text_of(path) for path in source_files(".py", ".sql"))
    text = text_of(DOCS / "glossary.md")
    rows = re.findall(r"^\|(?:[^|]*\|){3}([^|]*)\|[^|]*\|$", text, re.MULTILINE)
    names = [name for row in rows for name in re.findall(r"`([\w.]+)`", row)]
    assert len(names) > 50
    assert not [name for name in names if name.split(".")[-1] not in source]


def test_every_decision_is_in_the_index() -> None:
    index = text_of(DOCS / "decisions" / "README.md")
    pages = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    listed = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\) \| (.+) \|$", index, re.MULTILINE)
    titles = [text_of(page).splitlines()[0].removeprefix("# ") for page in pages]
    assert [file for _, file, _ in listed] == [page.name for page in pages]
    assert [f"{number} {title}" for number, _, title in listed] == titles
    assert [int(number) for number, _, _ in listed] == list(range(1, len(pages) + 1))


@pytest.mark.parametrize(
    "page", sorted((DOCS / "decisions").glob("[0-9]*.md")), ids=lambda page: page.stem[:4]
)
def test_a_decision_has_its_parts_in_order(page: Path) -> None:
    parts = [
        "**Context.**",
        '**Decision.** "',
        "**Consequences.**",
        "**Alternatives.**",
        "**References.**",
        "*Enforced by*",
    ]
    places = [text_of(page).find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_decisions_that_code_and_documents_name_exist() -> None:
    rules = text_of(DOCS / "decisions" / "product-rules.md")
    numbers = {int(number) for number in re.findall(r"^\| (\d+) \|", rules, re.MULTILINE)}
    files = [*source_files(".py", ".sql"), *documents(), *TESTS.rglob("*.txt")]
    unknown = {
        f"{name_of(path)}: {number}"
        for path in files
        for number in named_decisions(text_of(path))
        if number not in numbers
    }
    assert not unknown


def named_decisions(text: str) -> set[int]:
    """Return the numbers after 'decision': 24; 24 and 25; 20-22, 41; 24 b."""
    found: set[int] = set()
    item = r"\d+(?:-\d+)?(?: [ab]\b)?"
    for listed in re.findall(rf"[Dd]ecisions?\s+({item}(?:(?:, | and |, and ){item})*)", text):
        for first, last in re.findall(r"(\d+)(?:-(\d+))?", listed):
            found |= {int(first), int(last or first)}
    return found


def test_scenarios_that_documents_name_exist() -> None:
    scripts = {path.stem for path in (TESTS / "scenarios" / "scripts").glob("*.txt")}
    rules = text_of(DOCS / "decisions" / "product-rules.md")
    proofs = [row.split("|")[4] for row in rules.splitlines() if re.match(r"\| \d+ \|", row)]
    named = {name for proof in proofs for name in re.findall(r"`([a-z-]+)`", proof)}
    for page in (DOCS / "decisions").glob("[0-9]*.md"):
        enforced = text_of(page).split("*Enforced by*")[1]
        named |= set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", enforced))
    assert named
    assert not named - scripts


def test_documents_that_the_source_names_exist() -> None:
    """A comment that points to a page which readers do not have explains nothing."""
    missing = [
        f"{name_of(path)}: {named}"
        for path in source_files(".py", ".sql", ".typ")
        for named in re.findall(r"[\w/-]+\.md\b", text_of(path))
        if not any(document.as_posix().endswith(f"/{named}") for document in documents())
    ]
    assert not missing


def test_changelog_has_its_groups_in_order() -> None:
    groups = ["Law", "Money", "API", "Feature", "Fix", "Internal"]
    versions = sections(text_of(ROOT / "CHANGELOG.md"), "##")
    assert versions
    for text in versions.values():
        given = list(sections(text, "###"))
        assert given == [group for group in groups if group in given]
