"""Read payout files back: pain.001 as `pain001.py` writes it, and no XML that could do harm."""

from datetime import date, datetime
from typing import Never

from lxml import etree

from fordran.bankfiles.amounts import amount_text, parse_amount
from fordran.bankfiles.errors import FileNotReadable, RecordNotWritable
from fordran.bankfiles.pain001 import (
    ACCOUNT_SCHEME,
    BANKGIRO_SCHEME,
    NAMESPACE,
    Element,
    bic_path,
    execution_path,
    sum_minor,
)
from fordran.bankfiles.pain001_checks import CLEARING_DIGITS, PLUSGIRO_MEMBER, canonical
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
from fordran.domain.money import SEK, Money

REMEDY = "read a payout file that was written here"


def read_pain001(data: bytes) -> PaymentFile:
    """Return the payout file that XML in UTF-8 holds; `write_pain001` gives the same bytes again.

    It reads what we write: one batch, the elements we know. Others are passed over.

    Units: amounts out in öre or cents, `created_at` in UTC. Rounding: none.
    Raises: FileNotReadable, by the first of: not UTF-8, a document type or entity, no XML, another
    message, a missing or unreadable element, a record that could not be written, a count or a
    sum that is not that of the transfers.
    Source: ISO 20022 pain.001.001.03 and pain.001.001.09.
    """
    document = _parsed(data)
    version = _version(document)
    message = _child(document, "CstmrCdtTrfInitn")
    read = _file(message, version)
    try:
        file = canonical(read)
    except RecordNotWritable as problem:
        raise FileNotReadable(problem.field, problem.problem, problem.remedy) from problem
    _check_totals(message, file)
    return file


def _parsed(data: bytes) -> Element:
    """Return the document, if it is UTF-8 without a document type.

    Entities exist in document types only. The text is looked at before the parser sees it, in
    the encoding that the parser is told to take whatever the document says of itself.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise FileNotReadable("encoding", "is not UTF-8", REMEDY) from problem
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise FileNotReadable("document", "declares a document type", REMEDY)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as problem:
        raise FileNotReadable("document", f"is no XML ({problem})", REMEDY) from problem


def _version(document: Element) -> Pain001Version:
    name = etree.QName(document)
    for version in Pain001Version:
        if (name.namespace, name.localname) == (NAMESPACE + version.value, "Document"):
            return version
    return _unreadable(document, "is neither pain.001.001.03 nor pain.001.001.09")


def _file(message: Element, version: Pain001Version) -> PaymentFile:
    batches = _all(message, "PmtInf")
    if len(batches) != 1:
        _unreadable(message, f"has {len(batches)} batches (PmtInf), not one")
    batch = batches[0]
    created = _child(message, "GrpHdr/CreDtTm")
    requested = _child(batch, execution_path(version))
    try:
        created_at = datetime.fromisoformat(_content(created))
    except ValueError:
        _unreadable(created, "is no instant")
    try:
        requested_on = date.fromisoformat(_content(requested))
    except ValueError:
        _unreadable(requested, "is no date")
    initiator = _child(message, "GrpHdr/InitgPty")
    return PaymentFile(
        message_id=_text(message, "GrpHdr/MsgId"),
        created_at=created_at,
        initiator=Initiator(
            name=_text(initiator, "Nm"),
            organisation_number=_text(initiator, "Id/OrgId/Othr/Id", otherwise=""),
        ),
        requested_on=requested_on,
        payer=_payer(batch, version),
        transfers=tuple(_transfer(node) for node in _all(batch, "CdtTrfTxInf")),
        version=version,
    )


def _payer(batch: Element, version: Pain001Version) -> Payer:
    account = _account(_child(batch, "DbtrAcct"), clearing_member="")
    assert not isinstance(account, Plusgiro)  # only a clearing member tells one
    return Payer(
        name=_text(batch, "Dbtr/Nm"),
        account=account,
        bic=_text(batch, f"DbtrAgt/FinInstnId/{bic_path(version)}", otherwise=""),
        account_currency=_text(batch, "DbtrAcct/Ccy", otherwise=SEK),
    )


def _transfer(node: Element) -> Transfer:
    amount = _child(node, "Amt/InstdAmt")
    member = _text(node, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId", otherwise="")
    try:
        minor = parse_amount(_content(amount))
    except ValueError as problem:
        _unreadable(amount, str(problem))
    return Transfer(
        end_to_end_id=_text(node, "PmtId/EndToEndId"),
        amount=Money(minor, amount.get("Ccy", "")),
        payee_name=_text(node, "Cdtr/Nm"),
        account=_account(_child(node, "CdtrAcct"), clearing_member=member),
        remittance=_remittance(node),
    )


def _account(node: Element, *, clearing_member: str) -> PayeeAccount:
    iban = _text(node, "Id/IBAN", otherwise="")
    if iban:
        return Iban(iban)
    number = _text(node, "Id/Othr/Id")
    if _text(node, "Id/Othr/SchmeNm/Prtry", otherwise="") == BANKGIRO_SCHEME:
        return Bankgiro(number)
    if _text(node, "Id/Othr/SchmeNm/Cd", otherwise="") != ACCOUNT_SCHEME:
        _unreadable(node, "has neither an IBAN nor a scheme that we know (BGNR, BBAN)")
    if clearing_member == PLUSGIRO_MEMBER:
        return Plusgiro(number)
    return ClearingAccount(number[:CLEARING_DIGITS], number[CLEARING_DIGITS:])


def _remittance(node: Element) -> Remittance | None:
    reference = _text(node, "RmtInf/Strd/CdtrRefInf/Ref", otherwise="")
    if reference:
        return OcrReference(reference)
    text = _text(node, "RmtInf/Ustrd", otherwise="")
    return FreeText(text) if text else None


def _check_totals(message: Element, file: PaymentFile) -> None:
    """Compare what header and batch say of the transfers with the transfers."""
    expected = {"NbOfTxs": str(len(file.transfers)), "CtrlSum": amount_text(sum_minor(file))}
    for place in ("GrpHdr", "PmtInf"):
        for name, value in expected.items():
            told = _child(message, f"{place}/{name}")
            if _content(told) != value:
                _unreadable(told, f"is {_content(told)[:40]!r}, but the transfers give {value}")


def _text(node: Element, path: str, *, otherwise: str | None = None) -> str:
    """Return the text of an element below; a missing one is refused unless another stands in."""
    found = node.find(_qualified(node, path))
    if found is None and otherwise is not None:
        return otherwise
    return _content(_child(node, path))


def _content(node: Element) -> str:
    return node.text or ""


def _child(node: Element, path: str) -> Element:
    found = node.find(_qualified(node, path))
    if found is None:
        _unreadable(node, f"has no {path}")
    return found


def _all(node: Element, path: str) -> list[Element]:
    return list(node.findall(_qualified(node, path)))


def _qualified(node: Element, path: str) -> str:
    namespace = etree.QName(node).namespace
    return "/".join(f"{{{namespace}}}{step}" for step in path.split("/"))


def _unreadable(node: Element, problem: str) -> Never:
    name = etree.QName(node).localname
    raise FileNotReadable(f"{name} on line {node.sourceline}", problem, REMEDY)
