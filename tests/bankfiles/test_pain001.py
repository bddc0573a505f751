"""Payout files: valid by ISO's schemas, the same bytes for the same records, and read safely."""

from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from msgspec.structs import replace
from stdnum import iban

from fordran.bankfiles.amounts import amount_text, parse_amount
from fordran.bankfiles.errors import FileNotReadable, RecordNotWritable
from fordran.bankfiles.pain001 import write_pain001
from fordran.bankfiles.pain001_checks import NAME_LENGTH_MAX, canonical, is_iban_valid
from fordran.bankfiles.pain001_reader import read_pain001
from fordran.bankfiles.pain001_records import (
    Bankgiro,
    ClearingAccount,
    FreeText,
    Iban,
    Initiator,
    OcrReference,
    Pain001Version,
    PayeeAccount,
    Payer,
    PaymentFile,
    Plusgiro,
    Remittance,
    Transfer,
)
from fordran.bankfiles.texts import cut, latin_text
from fordran.domain.money import Money
from fordran.domain.ocr import luhn_check_digit
from tests.bankfiles.texts import awkward_texts, names

GOLDEN = Path(__file__).parents[1] / "golden" / "bankfiles"
OWN_IBAN = "SE4550000000058398257466"
VERSIONS = list(Pain001Version)

TRANSFERS = (
    Transfer(
        "PAYOUT-1001",
        Money(201479),
        "Måleri & Söner AB",
        Bankgiro("991-2346"),
        OcrReference("12345678903"),
    ),
    Transfer("PAYOUT-1002", Money(1), "Föreningen <Ö>", Plusgiro("1234-5 5"), FreeText("Ärende 2")),
    Transfer("PAYOUT-1003", Money(10050), "Anna Ek", ClearingAccount("8327-9", "123 456 789-1")),
    Transfer("PAYOUT-1004", Money(7), "Bo Al", Iban("se45 5000 0000 0583 9825 7466")),
)
PAYOUT = PaymentFile(
    message_id="FORDRAN-20260904-1",
    created_at=datetime(2026, 9, 4, 8, 30, 15, 999, tzinfo=UTC),
    initiator=Initiator("Exempel Inkasso AB", "556000-0001"),
    requested_on=date(2026, 9, 7),
    payer=Payer("Exempel Inkasso AB", Iban(OWN_IBAN), "ESSESESS"),
    transfers=TRANSFERS,
)


@cache
def schema(version: Pain001Version) -> Any:
    path = distribution("sepaxml").locate_file(f"sepaxml/schemas/{version}.xsd")
    return etree.XMLSchema(etree.parse(str(path)))


def parsed(data: bytes) -> Any:
    return etree.fromstring(data, etree.XMLParser(resolve_entities=False))


def texts(data: bytes, name: str) -> list[str]:
    return [node.text for node in parsed(data).iter(f"{{*}}{name}")]


def paying(**changes: Any) -> PaymentFile:
    return replace(PAYOUT, transfers=(replace(TRANSFERS[0], **changes),))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_written_file_is_the_golden_one(version: Pain001Version) -> None:
    golden = (GOLDEN / f"payout.{version}.xml").read_bytes()
    assert write_pain001(replace(PAYOUT, version=version)) == golden
    assert write_pain001(read_pain001(golden)) == golden


@pytest.mark.parametrize("version", VERSIONS)
def test_a_written_file_is_valid_by_the_schema(version: Pain001Version) -> None:
    schema(version).assertValid(parsed(write_pain001(replace(PAYOUT, version=version))))


def test_the_schema_refuses_what_is_wrong() -> None:
    wrong = write_pain001(PAYOUT).replace(b"<PmtMtd>TRF", b"<PmtMtd>XYZ")
    assert not schema(Pain001Version.V03).validate(parsed(wrong))


def test_what_is_read_is_what_was_written() -> None:
    assert read_pain001(write_pain001(PAYOUT)) == canonical(PAYOUT)


def test_number_and_sum_are_derived_in_header_and_batch() -> None:
    written = write_pain001(PAYOUT)
    assert texts(written, "NbOfTxs") == ["4", "4"]
    assert texts(written, "CtrlSum") == ["2115.37", "2115.37"]
    assert texts(written, "InstdAmt") == ["2014.79", "0.01", "100.50", "0.07"]


def test_an_instant_is_written_in_utc_to_the_second() -> None:
    summer = timezone(timedelta(hours=2))
    at = datetime(2026, 9, 4, 0, 15, 1, 999_999, tzinfo=summer)
    written = write_pain001(replace(PAYOUT, created_at=at))
    assert texts(written, "CreDtTm") == ["2026-09-03T22:15:01+00:00"]


def test_without_bic_the_bank_is_not_provided() -> None:
    file = replace(PAYOUT, payer=replace(PAYOUT.payer, bic=""))
    for version in VERSIONS:
        written = write_pain001(replace(file, version=version))
        schema(version).assertValid(parsed(written))
        assert b"NOTPROVIDED" in written
        assert read_pain001(written).payer.bic == ""


def test_without_organisation_number_the_initiator_has_no_id() -> None:
    written = write_pain001(replace(PAYOUT, initiator=Initiator("Exempel AB")))
    schema(Pain001Version.V03).assertValid(parsed(written))
    assert b"OrgId" not in written


@pytest.mark.parametrize(
    ("account", "member", "number", "scheme"),
    [
        (Bankgiro("991-2346"), ["9900"], "9912346", "BGNR"),
        (Bankgiro("12312312"), ["9900"], "12312312", "BGNR"),
        (Plusgiro("12345-5"), ["9960"], "123455", "BBAN"),
        (ClearingAccount("6000", "123 456 789"), ["6000"], "6000123456789", "BBAN"),
        (ClearingAccount("8327-9", "1"), ["8327"], "83271", "BBAN"),
    ],
)
def test_a_swedish_account_is_written_with_its_scheme(
    account: PayeeAccount, member: list[str], number: str, scheme: str
) -> None:
    written = write_pain001(paying(account=account))
    schema(Pain001Version.V03).assertValid(parsed(written))
    assert texts(written, "MmbId") == member
    other = parsed(written).find(".//{*}CdtrAcct/{*}Id/{*}Othr")
    assert other.find("{*}Id").text == number
    assert other.find("{*}SchmeNm")[0].text == scheme
    assert write_pain001(read_pain001(written)) == written


@pytest.mark.parametrize("account", [Bankgiro("9912346"), ClearingAccount("6000", "123456789")])
def test_the_payer_may_have_a_swedish_account(account: Bankgiro | ClearingAccount) -> None:
    written = write_pain001(replace(PAYOUT, payer=replace(PAYOUT.payer, account=account)))
    schema(Pain001Version.V03).assertValid(parsed(written))
    assert read_pain001(written).payer.account == account


@pytest.mark.parametrize(
    ("given_name", "written"),
    [
        ("Åsa Öberg", "Åsa Öberg"),
        ("  Anna\n\tEk ", "Anna Ek"),
        ("An\x00na\u202e Ek", "Anna Ek"),
        ("A\u030asa", "Åsa"),
        ("Erdős Łukasz", "Erdos ?ukasz"),
        ("Bo \U0001f600 AB", "Bo ? AB"),
        ('"Bo" <&> AB', '"Bo" <&> AB'),
        ("Ek\ud800", "Ek?"),
    ],
)
def test_a_name_is_cleaned(given_name: str, written: str) -> None:
    assert texts(write_pain001(paying(payee_name=given_name)), "Nm")[-1] == written


def test_a_name_is_cut_by_version_between_words() -> None:
    words = "Bostadsrättsföreningen " * 7
    for version, length in NAME_LENGTH_MAX.items():
        file = replace(paying(payee_name=words), version=version)
        name = texts(write_pain001(file), "Nm")[-1]
        assert len(name) <= length
        assert set(name.split()) == {"Bostadsrättsföreningen"}
        whole = texts(write_pain001(replace(file, transfers=(long_named(),))), "Nm")[-1]
        assert whole == "B" * length


def long_named() -> Transfer:
    return replace(TRANSFERS[0], payee_name="B" * 150)


def test_a_free_text_is_cut_to_140_characters() -> None:
    written = write_pain001(paying(remittance=FreeText("x" * 200)))
    assert texts(written, "Ustrd") == ["x" * 140]


REFUSED = [
    (replace(PAYOUT, message_id=""), "message_id", "has 0 characters; give an id of 1 to 35"),
    (replace(PAYOUT, message_id="x" * 36), "message_id", "has 36 characters; give an id of 1 to"),
    (replace(PAYOUT, message_id="å1"), "message_id", "'å1' has a character or a place"),
    (replace(PAYOUT, message_id="/a"), "message_id", "without a slash at either end"),
    (replace(PAYOUT, message_id="a//b"), "message_id", "without a slash at either end or two"),
    (replace(PAYOUT, message_id="a/"), "message_id", "without a slash at either end"),
    (replace(PAYOUT, message_id="a "), "message_id", "single blanks"),
    (
        replace(PAYOUT, created_at=datetime(2026, 9, 4)),  # noqa: DTZ001 - naive on purpose
        "created_at",
        "is naive; give an instant with its time zone",
    ),
    (replace(PAYOUT, initiator=Initiator("")), "initiator.name", "has no letter or digit"),
    (
        replace(PAYOUT, initiator=Initiator("A", "12345")),
        "initiator.organisation_number",
        "'12345' is no such number; give its 10 digits",
    ),
    (replace(PAYOUT, payer=Payer("", Iban(OWN_IBAN))), "payer.name", "has no letter or digit"),
    (
        replace(PAYOUT, payer=replace(PAYOUT.payer, account=Plusgiro("123455"))),
        "payer.account",
        "is a plusgiro number; give the account's IBAN",
    ),
    (
        replace(PAYOUT, payer=replace(PAYOUT.payer, bic="ESSE")),
        "payer.bic",
        "'ESSE' is no BIC; give its 8 or 11",
    ),
    (
        replace(PAYOUT, payer=replace(PAYOUT.payer, account_currency="USD")),
        "payer.account_currency",
        "the currency is 'USD'; pay in SEK or EUR only",
    ),
    (replace(PAYOUT, transfers=()), "transfers", "there are none; write no file without"),
    (paying(end_to_end_id="x" * 36), "transfers[0].end_to_end_id", "has 36 characters"),
    (
        replace(PAYOUT, transfers=(TRANSFERS[0], TRANSFERS[0])),
        "transfers[1].end_to_end_id",
        "'PAYOUT-1001' is another transfer's too; give each transfer an id of its own",
    ),
    (paying(amount=Money(0)), "transfers[0].amount", "is 0.00 SEK; pay more than zero"),
    (paying(amount=Money(-1)), "transfers[0].amount", "is -0.01 SEK; pay more than zero"),
    (paying(amount=Money(10**18)), "transfers[0].amount", "has more than 18 digits; split it"),
    (paying(amount=Money(1, "USD")), "transfers[0].amount", "the currency is 'USD'; pay in SEK"),
    (paying(payee_name=" \n"), "transfers[0].payee_name", "has no letter or digit that a bank"),
    (paying(payee_name="中文"), "transfers[0].payee_name", "give the name in Latin letters"),
    (paying(account=Bankgiro("123456")), "transfers[0].account", "give its 7 to 8 digits"),
    (paying(account=Bankgiro("123456789")), "transfers[0].account", "give its 7 to 8 digits"),
    (paying(account=Bankgiro("123456x")), "transfers[0].account", "'123456x' is no such number"),
    (paying(account=Bankgiro("١٢٣٤٥٦٧")), "transfers[0].account", "is no such number"),
    (paying(account=Plusgiro("123456")), "transfers[0].account", "has a wrong check digit"),
    (
        paying(account=Iban("SE4550000000058398257467")),
        "transfers[0].account",
        "'SE4550000000058398257467' is no IBAN; correct its form or its check digits",
    ),
    (paying(account=Iban(OWN_IBAN[:-1])), "transfers[0].account", "is no IBAN"),
    (paying(account=Iban("9912346")), "transfers[0].account", "'9912346' is no IBAN"),
    (
        paying(account=ClearingAccount("60001", "1")),
        "transfers[0].account.clearing",
        "'60001' is no such number; give its 4 digits",
    ),
    (
        paying(account=ClearingAccount("9960", "123455")),
        "transfers[0].account.clearing",
        "9960 stands for a giro system; give the bankgiro or plusgiro number",
    ),
    (
        paying(account=ClearingAccount("6000", "1" * 13)),
        "transfers[0].account.number",
        "give its 1 to 12 digits",
    ),
    (
        paying(remittance=OcrReference("12345678904")),
        "transfers[0].remittance",
        "'12345678904' has a wrong check digit; correct it",
    ),
    (paying(remittance=OcrReference("1" * 26)), "transfers[0].remittance", "its 2 to 25 digits"),
    (paying(remittance=FreeText(" ")), "transfers[0].remittance", "is an empty text; leave it"),
    (
        replace(
            PAYOUT,
            transfers=(TRANSFERS[0], replace(TRANSFERS[1], amount=Money(1, "EUR"))),
        ),
        "transfers",
        "pay in more than one currency; write one file for each",
    ),
    (
        replace(
            PAYOUT,
            transfers=tuple(replace(t, amount=Money(10**18 - 1)) for t in TRANSFERS),
        ),
        "transfers",
        "sum to more than 18 digits; write several files",
    ),
]


@pytest.mark.parametrize(("file", "field", "message"), REFUSED)
def test_what_does_not_fit_is_refused_by_field_and_remedy(
    file: PaymentFile, field: str, message: str
) -> None:
    with pytest.raises(RecordNotWritable) as refused:
        write_pain001(file)
    assert refused.value.field == field
    assert str(refused.value).startswith(f"{field}: ")
    assert message in str(refused.value)
    assert isinstance(refused.value, ValueError)


def test_the_largest_amount_is_valid_by_the_schemas() -> None:
    for version in VERSIONS:
        file = replace(paying(amount=Money(10**18 - 1)), version=version)
        schema(version).assertValid(parsed(write_pain001(file)))


def broken(old: str, new: str) -> bytes:
    written = write_pain001(replace(PAYOUT, transfers=TRANSFERS[:1])).decode()
    assert old in written
    return written.replace(old, new).encode()


DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
ENTITY = '<!DOCTYPE Document [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
EXTERNAL = '<!DOCTYPE Document [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
CONTROL_SUM = "<CtrlSum>2014.79</CtrlSum>"

UNREADABLE = [
    (b"\xff\xfe<\x00", "encoding", "is not UTF-8"),
    (b"", "document", "is no XML"),
    (b"<Document>", "document", "is no XML"),
    (broken(DECLARATION, DECLARATION + ENTITY), "document", "declares a document type"),
    (broken(DECLARATION, DECLARATION + EXTERNAL), "document", "declares a document type"),
    (broken("<MsgId>", "<MsgId>&a;"), "document", "is no XML (Entity 'a' not defined"),
    (b"<Document/>", "Document on line 1", "is neither pain.001.001.03 nor pain.001.001.09"),
    (broken("pain.001.001.03", "pain.001.001.02"), "Document on line 2", "is neither"),
    (broken("CstmrCdtTrfInitn>", "Cstmr>"), "Document on line 2", "has no CstmrCdtTrfInitn"),
    (broken("PmtInf>", "Pmt>"), "CstmrCdtTrfInitn on line 3", "has 0 batches (PmtInf), not one"),
    (broken("CreDtTm>", "X>"), "CstmrCdtTrfInitn on line 3", "has no GrpHdr/CreDtTm"),
    (broken("2026-09-04T", "4 September "), "CreDtTm on line 6", "is no instant"),
    (broken("2026-09-07", "7 September"), "ReqdExctnDt on line 33", "is no date"),
    (broken(">2014.79</Inst", ">2014.791</Inst"), "InstdAmt on line 53", "is no amount with a dot"),
    (broken("BGNR", "XXXX"), "CdtrAcct on line 68", "has neither an IBAN nor a scheme that we"),
    (broken(">9912346<", ">99123<"), "transfers[0].account", "'99123' is no such number"),
    (broken(">1</NbOfTxs", ">2</NbOfTxs"), "NbOfTxs on line 7", "is '2', but the transfers give 1"),
    (
        broken(CONTROL_SUM, "<CtrlSum>1</CtrlSum>"),
        "CtrlSum on line 8",
        "the transfers give 2014.79",
    ),
]


@pytest.mark.parametrize(("data", "field", "message"), UNREADABLE)
def test_what_is_no_payout_file_is_refused(data: bytes, field: str, message: str) -> None:
    with pytest.raises(FileNotReadable) as refused:
        read_pain001(data)
    assert refused.value.field == field
    assert message in str(refused.value)


def test_a_document_that_claims_another_encoding_is_read_as_utf_8() -> None:
    claiming = broken('encoding="UTF-8"', 'encoding="UTF-16"')
    assert read_pain001(claiming).transfers[0].payee_name == "Måleri & Söner AB"


def test_comments_and_unknown_elements_are_passed_over() -> None:
    file = broken("<MsgId>", "<!-- by hand --><Authstn><Cd>AUTH</Cd></Authstn><MsgId>")
    assert read_pain001(file) == canonical(replace(PAYOUT, transfers=TRANSFERS[:1]))


@given(st.text("0123456789", min_size=20, max_size=20), st.integers(0, 99))
def test_the_iban_check_agrees_with_a_second_opinion(digits: str, check: int) -> None:
    number = f"SE{check:02d}{digits}"
    assert is_iban_valid(number) == iban.is_valid(number, check_country=False)
    right = f"SE{iban.calc_check_digits('SE00' + digits)}{digits}"
    assert is_iban_valid(right)


@given(st.integers(-(10**18) + 1, 10**18 - 1))
def test_an_amount_is_read_as_it_was_written(minor: int) -> None:
    assert parse_amount(amount_text(minor)) == minor


digits = st.integers(1, 24).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n))
checked = digits.map(lambda text: text + luhn_check_digit(text))
accounts: st.SearchStrategy[PayeeAccount] = st.one_of(
    st.integers(10**6, 10**8 - 1).map(lambda number: Bankgiro(str(number))),
    st.integers(1, 9_999_999).map(
        lambda number: Plusgiro(f"{number}{luhn_check_digit(str(number))}")
    ),
    st.just(Iban(OWN_IBAN)),
    st.builds(
        ClearingAccount,
        st.integers(1000, 9899).map(str),
        st.integers(0, 10**12 - 1).map(str),
    ),
)
remittances: st.SearchStrategy[Remittance | None] = st.one_of(
    st.none(), checked.map(OcrReference), names.map(FreeText)
)
ids = st.from_regex(r"[A-Za-z0-9]([/?:().,'+-]?[A-Za-z0-9]){0,17}", fullmatch=True)


@st.composite
def payouts(draw: st.DrawFn) -> PaymentFile:
    currency = draw(st.sampled_from(["SEK", "EUR"]))
    transfer = st.builds(
        Transfer,
        ids,
        st.integers(1, 10**12).map(lambda minor: Money(minor, currency)),
        names,
        accounts,
        remittances,
    )
    transfers = st.lists(transfer, min_size=1, max_size=4, unique_by=lambda one: one.end_to_end_id)
    return PaymentFile(
        message_id=draw(ids),
        created_at=draw(st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC))),  # noqa: DTZ001 - hypothesis adds the zone
        initiator=Initiator(draw(names)),
        requested_on=draw(st.dates()),
        payer=Payer(draw(names), Iban(OWN_IBAN)),
        transfers=tuple(draw(transfers)),
        version=draw(st.sampled_from(VERSIONS)),
    )


@given(payouts())
def test_any_payout_is_valid_and_comes_back(file: PaymentFile) -> None:
    written = write_pain001(file)
    schema(file.version).assertValid(parsed(written))
    assert write_pain001(file) == written
    assert read_pain001(written) == canonical(file)
    assert write_pain001(read_pain001(written)) == written


@given(awkward_texts)
def test_a_cleaned_text_is_printable_latin_and_stays_as_it_is(text: str) -> None:
    cleaned = latin_text(text)
    assert cleaned.isprintable()
    assert cleaned.encode("latin-1").decode("latin-1") == latin_text(cleaned)


@given(names, st.integers(1, 40))
def test_a_cut_text_is_the_beginning_and_stays_as_it_is(text: str, length_max: int) -> None:
    name = latin_text(text)
    short = cut(name, length_max)
    assert 0 < len(short) <= length_max
    assert name.startswith(short)
    assert cut(short, length_max) == short


@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    written = write_pain001(PAYOUT)
    start = data.draw(st.integers(0, len(written)))
    end = data.draw(st.integers(start, min(start + 40, len(written))))
    put_in = data.draw(
        st.binary(max_size=4) | awkward_texts.map(lambda t: t.encode("utf-8", "replace"))
    )
    try:
        read = read_pain001(written[:start] + put_in + written[end:])
    except FileNotReadable:
        return
    assert canonical(read) == read
