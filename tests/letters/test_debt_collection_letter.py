"""The demand: what it says, that it always says it, and that the same facts give the same bytes."""

import hashlib
import subprocess
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from fordran.domain.money import SEK, Money, RoundingPolicy, total
from fordran.domain.tables.statutory_costs import CostKind
from fordran.letters.catalogue import REQUIRED_CONTENTS
from fordran.letters.claims import (
    CostLine,
    InterestPeriod,
    LetterClaim,
    LetterCost,
    RateBasis,
    RunningInterest,
)
from fordran.letters.completeness import LetterIncomplete, missing_contents
from fordran.letters.contents import contents_of, shown_id_number
from fordran.letters.debt_collection_letter import DebtCollectionLetter
from fordran.letters.examples import example
from fordran.letters.letter import Letter
from fordran.letters.letter_kind import LetterKind, Locale
from fordran.letters.parties import Agency, Creditor, LetterDebtor
from fordran.letters.plain_data import cleaned
from fordran.letters.render import RenderedLetter, fitted, has_glyph
from fordran.letters.render import render as render_in
from fordran.letters.templates import template_version
from tests.letters.reading import golden, read

KIND = LetterKind.DEBT_COLLECTION
EXAMPLE = example(KIND)
STATUTORY = RunningInterest(
    basis=RateBasis.STATUTORY, annual_rate_percent=Decimal("10.00"), margin_percent=Decimal(8)
)


def period(first_on: str, last_on: str, *, capital: int, rate: str) -> InterestPeriod:
    return InterestPeriod(
        annual_rate_percent=Decimal(rate),
        first_on=date.fromisoformat(first_on),
        last_on=date.fromisoformat(last_on),
        capital=Money(capital),
    )


def claim(number: int = 3, **changes: Any) -> LetterClaim:
    facts: dict[str, Any] = {
        "reference_number": f"1{number:05}",
        "invoice_number": f"INV-2025-{number:03}",
        "ground": "Konsulttjänster juli 2025, enligt beställning den 1 juli",
        "invoiced_on": date(2025, 7, 7),
        "due_on": date(2025, 8, 7),
        "capital": Money(200000),
        "interest": Money(1400),
        "interest_periods": (period("2025-08-08", "2025-09-03", capital=200000, rate="10.00"),),
        "running_interest": STATUTORY,
    }
    return LetterClaim(**{**facts, **changes})


def demand(*claims: LetterClaim, **changes: Any) -> DebtCollectionLetter:
    claims = claims or (claim(),)
    cost = Money(18000)
    facts: dict[str, Any] = {
        "creditor": Creditor(name="Exempelbolaget i Örebro AB", organisation_number="556000-0001"),
        "agency": Agency(
            name="Provinkasso AB",
            organisation_number="556000-0019",
            address_lines=("Box 1234", "111 22 Stockholm"),
            phone="08-123 456 78",
            email="kontakt@inkasso.example",
            website="inkasso.example",
        ),
        "debtor": debtor(),
        "ocr_number": "20252461234567890127",
        "bankgiro": "991-2346",
        "dispatched_at": datetime(2025, 9, 3, 9, 10, tzinfo=UTC),
        "dispatched_on": date(2025, 9, 3),
        "deadline_on": date(2025, 9, 15),
        "counted_to_on": date(2025, 9, 3),
        "claims": claims,
        "debt_collection_cost": cost,
        "total": total(each.total for each in claims) + cost,
    }
    return DebtCollectionLetter(**{**facts, **changes})


def debtor(
    name: str = "Åsa Öberg-Ängström",
    id_number: str = "19900101-2385",
    *,
    is_person: bool = True,
    address_lines: Iterable[str] = ("Storgatan 1 lgh 1102", "702 11 Örebro"),
) -> LetterDebtor:
    return LetterDebtor(
        name=name,
        id_number=id_number,
        is_person=is_person,
        address_lines=tuple(address_lines),
    )


def render(letter: Letter) -> RenderedLetter:
    return render_in(letter, Locale.SV)


def test_letter_states_everything_the_law_asks_for() -> None:
    reminder = CostLine(kind=LetterCost.REMINDER, amount=Money(6000), charged_on=date(2025, 8, 20))
    text = read(render(demand(claim(costs=(reminder,))))).text

    for required in (
        "Inkassokrav",
        "Exempelbolaget i Örebro AB (org.nr 556000-0001)",
        "Faktura INV-2025-003: Konsulttjänster juli 2025, enligt beställning den 1 juli",
        "Fakturadatum 2025-07-07, förfallodag 2025-08-07",
        "Ärendenummer 100003",
        "Kapital 2 000,00 kr",
        "Ränta 14,00 kr",
        "Påminnelseavgift 2025-08-20 60,00 kr",
        "Inkassokostnad för detta krav 180,00 kr",
        "Summa att betala 2 254,00 kr",
        "INV-2025-003 2025-08-08 \N{EN DASH} 2025-09-03 27 2 000,00 kr 10 % 14,79 kr",
        "antingen betala 2 254,00 kr eller meddela oss om du bestrider",
        "Betala eller bestrid senast 15 september 2025",
        "Till bankgiro 991-2346",
        "OCR-nummer 20252461234567890127",
        "Datum 3 september 2025",
        "löper räntan vidare från den 4 september 2025",
        "10 % per år (referensräntan plus 8 procentenheter enligt 6 § räntelagen)",
        "0,55 kr per dag",
        "betalningsföreläggande hos Kronofogden",
        "Provinkasso AB",
        "org.nr 556000-0019",
        "Box 1234, 111 22 Stockholm",
        "08-123 456 78",
        "kontakt@inkasso.example",
        "tillsyn av Finansinspektionen",
        "Åsa Öberg-Ängström Storgatan 1 lgh 1102 702 11 Örebro",
        "Sida 1 av 2",
    ):
        assert required in text


def test_letter_reads_as_the_golden_file_does() -> None:
    """After a wanted change, read the new text as a debtor would and put it into the file."""
    first = claim(costs=(CostLine(kind=LetterCost.REMINDER, amount=Money(6000)),))
    second = claim(
        4,
        ground="Hyra av kopiator, tredje kvartalet 2025",
        capital=Money(123456789),
        original_capital=Money(150000000),
        interest=Money(2995900),
        interest_periods=(
            period("2025-06-08", "2025-06-30", capital=123456789, rate="10.25"),
            period("2025-07-01", "2025-09-03", capital=123456789, rate="10"),
        ),
        original_creditor="Ursprungsbolaget AB",
        running_interest=RunningInterest(
            basis=RateBasis.REFERENCE_PLUS_MARGIN,
            annual_rate_percent=Decimal(12),
            margin_percent=Decimal(10),
        ),
    )
    letter = read(render(demand(first, second)))

    assert letter.golden == golden("debt_collection.sv.two-claims")


@pytest.mark.parametrize(
    ("minor", "shown"),
    [(5, "0,05 kr"), (100, "1,00 kr"), (201400, "2 014,00 kr"), (123456789, "1 234 567,89 kr")],
)
def test_amounts_are_written_the_swedish_way(minor: int, shown: str) -> None:
    text = read(render(demand(claim(capital=Money(minor), running_interest=None)))).text
    assert f"Kapital {shown}" in text


def test_same_facts_give_same_bytes_in_any_thread_and_process() -> None:
    here = hashlib.sha256(render(EXAMPLE).pdf).hexdigest()
    digests: list[str] = []

    def elsewhere() -> None:
        digests.append(hashlib.sha256(render(EXAMPLE).pdf).hexdigest())

    threads = [threading.Thread(target=elsewhere) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    script = (
        "import hashlib; from fordran.letters.render import render;"
        "from fordran.letters.examples import example;"
        "from fordran.letters.letter_kind import LetterKind, Locale;"
        "letter = render(example(LetterKind.DEBT_COLLECTION), Locale.SV);"
        "print(hashlib.sha256(letter.pdf).hexdigest())"
    )
    digests.append(subprocess.check_output([sys.executable, "-c", script], text=True).strip())

    assert set(digests) == {here}
    assert len(digests) == 4


def test_rendering_another_letter_in_between_changes_nothing() -> None:
    first = render(demand()).pdf
    render(demand(debtor=debtor("Någon Annan")))
    assert render(demand()).pdf == first


def test_typesetter_is_not_loaded_before_a_letter_is_rendered() -> None:
    script = "import sys, fordran.letters.render; print('typst' in sys.modules)"
    printed = subprocess.check_output([sys.executable, "-c", script], text=True)
    assert printed.strip() == "False"


def test_pdf_is_tagged_swedish_and_titled() -> None:
    letter = read(render(demand()))
    assert str(letter.catalog["/Lang"]).split("-")[0] == "sv"
    assert letter.catalog["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in letter.catalog
    assert letter.title == "Inkassokrav, OCR 20252461234567890127"


def test_template_version_names_template_and_typesetter() -> None:
    rendered = render(demand())
    name, digest, typesetter = rendered.template_version.split("/")
    assert rendered.template_version == template_version(KIND, Locale.SV)
    assert name == "debt_collection.sv"
    assert len(digest) == 12
    assert typesetter.startswith("typst-")


@pytest.mark.parametrize(
    "name",
    [
        "#panic()",
        "*x* _y_ $z$ `raw` <l> @ref \\ // [a]",
        "= H #sys.inputs.letter",
        '"}], #read("/etc/hostname")',
        "https://example.com/?a=b&c=d",
        "- + / ~ --- 'q'",
        '")#panic()//',
        '\\")))#panic("\\',
        "\\u{41} \\n ${x} %s",
    ],
)
def test_markup_in_a_name_prints_as_it_stands(name: str) -> None:
    letter = demand(
        claim(ground=name),
        debtor=debtor(name, address_lines=(name, "702 11 Örebro")),
        creditor=Creditor(name=name, organisation_number="556000-0001"),
    )
    text = read(render(letter)).text
    assert text.count(name) >= 5


@pytest.mark.parametrize(
    "name",
    ["Γιώργος Παπαδόπουλος", "Сергей Щербаков", "محمد علي الأحمد", "דוד כהן", "Nguyễn Thị Ánh"],
)
def test_names_in_other_scripts_are_printed(name: str) -> None:
    assert render(demand(debtor=debtor(name))).unprintable == ()


def test_character_without_glyph_is_replaced_and_reported() -> None:
    rendered = render(demand(debtor=debtor("Li 李明 😀 \U000e0041")))
    assert rendered.unprintable == ("李", "明", "😀")
    assert "Li �� � Storgatan" in read(rendered).text


def test_compatibility_forms_become_plain_letters() -> None:
    noted: dict[str, None] = {}
    assert fitted("\uff21\uff22 \ufb01", noted) in {"AB \ufb01", "AB fi"}
    assert noted == {}


def test_every_familiar_character_has_a_glyph() -> None:
    familiar = [chr(code) for code in range(0x21, 0x460) if fitted(chr(code), {}) == chr(code)]
    assert len(familiar) > 600
    sample = [char for char in familiar if has_glyph(char)]
    assert sample == familiar


@pytest.mark.parametrize("text", ["\ud800", "\x00\x1b", "a\u202eb", "\u00ad\u200b\ufeff", " \t\n"])
def test_cleaned_text_has_nothing_invisible(text: str) -> None:
    assert cleaned(text) in {"", "ab"}


@pytest.mark.parametrize(
    ("id_number", "is_person", "shown"),
    [
        ("19900101-2385", True, "19900101-XXXX"),
        ("199001012385", True, "19900101-XXXX"),
        ("900101+2385", True, "900101-XXXX"),
        ("556000-0001", False, "556000-0001"),
        ("", True, ""),
    ],
)
def test_last_digits_of_a_person_stay_out_of_the_letter(
    id_number: str, shown: str, *, is_person: bool
) -> None:
    assert shown_id_number(debtor(id_number=id_number, is_person=is_person)) == shown


def test_full_personal_number_is_nowhere_in_the_file() -> None:
    letter = read(render(demand(debtor=debtor(id_number="19900101-2385"))))
    assert "2385" not in letter.text


def test_company_is_spoken_to_in_the_plural() -> None:
    letter = demand(debtor=debtor("Bolaget AB", "556000-0027", is_person=False))
    text = read(render(letter)).text
    assert "Om ni bestrider kravet" in text
    assert "Org.nr 556000-0027" in text
    assert not {"du", "dig", "din", "ditt", "dig."} & set(text.split())


def test_several_claims_share_one_cost_and_one_total() -> None:
    text = read(render(demand(claim(1), claim(2), claim(3)))).text
    assert "tre obetalda fordringar" in text
    assert text.count("180,00 kr") == 1
    assert text.count("Summa faktura") == 3
    assert "gemensam för alla fordringar 180,00 kr" in text
    assert "Summa att betala 6 222,00 kr" in text


def test_claims_with_different_rates_are_told_apart() -> None:
    fixed = RunningInterest(basis=RateBasis.FIXED, annual_rate_percent=Decimal("7.50"))
    text = read(render(demand(claim(1), claim(2, running_interest=fixed)))).text
    assert "7,5 % per år (avtalad räntesats) för faktura INV-2025-002" in text
    assert "sammanlagt 0,96 kr per dag" in text


def test_claim_without_interest_says_so() -> None:
    bare = claim(interest=Money(0), interest_periods=(), running_interest=None)
    text = read(render(demand(bare))).text
    assert "Ränta 0,00 kr" in text
    assert "Kostnader 0,00 kr" in text
    assert "Ingen ränta krävs i detta brev." in text
    assert "löper räntan vidare" not in text


def test_part_payments_show_what_remains() -> None:
    part = claim(
        capital=Money(150000),
        original_capital=Money(200000),
        interest=Money(400),
    )
    text = read(render(demand(part))).text
    assert "Kapital (återstår av 2 000,00 kr) 1 500,00 kr" in text
    assert "Ränta (återstår av 14,00 kr) 4,00 kr" in text


def test_thirty_claims_break_over_pages_with_the_header_repeated() -> None:
    pages = read(render(demand(*[claim(number) for number in range(1, 31)]))).pages
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"Sida {number} av {len(pages)}" in page
        assert "20252461234567890127" in page
    for page in pages:
        if "Summa faktura" in page:
            assert "Fordran Belopp" in page
            assert page.count("Summa faktura") == page.count("Fakturadatum")


@pytest.mark.parametrize("kind", LetterCost)
def test_every_kind_of_cost_has_swedish_words(kind: LetterCost) -> None:
    cost = CostLine(kind=kind, amount=Money(12345))
    assert "123,45 kr" in read(render(demand(claim(costs=(cost,))))).text


def test_every_statutory_cost_can_stand_in_a_letter() -> None:
    assert {kind.value for kind in CostKind} <= {cost.value for cost in LetterCost}


def test_long_words_and_long_grounds_stay_on_the_page() -> None:
    letter = demand(
        claim(invoice_number="9" * 60, ground="Vara " * 1500, reference_number="R" * 60),
        debtor=debtor("Ö" * 90, address_lines=("x" * 60, "", "y" * 60, "702 11 Örebro")),
    )
    read_letter = read(render(letter))
    assert read_letter.text.count("Vara") == 1500
    assert "Ö" * 90 in read_letter.text.replace("\u200b", "").replace(" ", "")


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        (
            {"creditor": Creditor(name=" ", organisation_number="")},
            ("creditor.name", "creditor.organisation_number"),
        ),
        ({"debtor": debtor(address_lines=("", " "))}, ("debtor.address_lines",)),
        ({"debtor": debtor("\u202e", "")}, ("debtor.name", "debtor.id_number")),
        ({"bankgiro": "", "ocr_number": ""}, ("bankgiro", "ocr_number")),
        ({"claims": (), "total": Money(18000)}, ("claims",)),
        (
            {
                "agency": Agency(
                    name="A", organisation_number="5", address_lines=("B",), supervisor=""
                )
            },
            ("agency.phone", "agency.email", "agency.supervisor"),
        ),
    ],
)
def test_incomplete_letter_is_refused_naming_fields(
    changes: dict[str, Any], fields: tuple[str, ...]
) -> None:
    with pytest.raises(LetterIncomplete) as refused:
        render(demand(**changes))
    assert refused.value.fields == fields
    assert refused.value.reason() == "letter_incomplete"
    assert all(field in str(refused.value) for field in fields)


def test_interest_without_its_count_is_refused() -> None:
    unexplained = claim(ground="", interest_periods=())
    with pytest.raises(LetterIncomplete) as refused:
        render(demand(claim(1), unexplained))
    assert refused.value.fields == ("claims[].ground", "claims[].interest_periods")


def test_one_way_to_reach_the_agency_is_enough() -> None:
    agency = Agency(name="A", organisation_number="5", address_lines=("B",), phone="08-1")
    assert missing_contents(KIND, contents_of(demand(agency=agency), str)) == ()


def test_empty_contents_lack_every_field_that_is_not_inside_a_list() -> None:
    missing = missing_contents(KIND, {})
    assert missing == tuple(
        requirement.field
        for requirement in REQUIRED_CONTENTS[KIND]
        if "[]." not in requirement.field
    )


def test_total_that_is_not_the_sum_of_its_parts_is_a_bug() -> None:
    with pytest.raises(AssertionError, match=r"total is 2194\.01 SEK"):
        demand(total=Money(219401))


@pytest.mark.parametrize(
    "broken",
    [
        lambda: demand(claim(interest=Money(1500))),
        lambda: claim(capital=Money(-1)),
        lambda: claim(original_capital=Money(1)),
        lambda: demand(deadline_on=date(2025, 9, 3)),
        lambda: demand(dispatched_at=datetime(2025, 9, 3)),  # noqa: DTZ001 - that is the fault
        lambda: period("2025-08-08", "2025-08-07", capital=1, rate="10"),
        lambda: RunningInterest(
            basis=RateBasis.FIXED,
            annual_rate_percent=Decimal(1),
            margin_percent=Decimal(1),
        ),
    ],
)
def test_facts_that_contradict_each_other_are_a_bug(broken: Any) -> None:
    with pytest.raises(AssertionError):
        broken()


def test_interest_to_the_ore_is_accepted_and_explained() -> None:
    exact = demand(claim(interest=Money(1479)), interest_rounding=RoundingPolicy.ORE_HALF_UP)
    text = read(render(exact)).text
    assert "Ränta 14,79 kr" in text
    assert "avrundas till närmaste öre" in text


def test_letter_survives_storage_as_json() -> None:
    letter = demand(claim(1), claim(2))
    stored = msgspec.json.encode(letter)
    assert msgspec.json.decode(stored, type=DebtCollectionLetter) == letter
    assert letter.total.currency == SEK
