"""Write payout files to the bank: ISO 20022 customer credit transfer initiation, pain.001.

What the standard leaves open is filled in as Swedish banks do: a bankgiro number is named BGNR,
and reached through the clearing's member 9900, a plusgiro number through 9960.
"""

from typing import Any

from lxml import etree

from fordran.bankfiles.amounts import amount_text
from fordran.bankfiles.pain001_checks import BANKGIRO_MEMBER, PLUSGIRO_MEMBER, canonical
from fordran.bankfiles.pain001_records import (
    Bankgiro,
    ClearingAccount,
    FreeText,
    Iban,
    OcrReference,
    Pain001Version,
    PayeeAccount,
    PaymentFile,
    Plusgiro,
    Transfer,
)

SWEDISH_CLEARING = "SESBA"
BANKGIRO_SCHEME = "BGNR"
ACCOUNT_SCHEME = "BBAN"
ORGANISATION_SCHEME = "COID"
SUPPLIER_PAYMENT = "SUPP"
STRUCTURED_REFERENCE = "SCOR"
TRANSFER_METHOD = "TRF"
NOT_PROVIDED = "NOTPROVIDED"

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"

Element = Any
"""An element of lxml, which tells no types."""


def write_pain001(file: PaymentFile) -> bytes:
    """Return a payout file as XML in UTF-8; the same records give the same bytes.

    The number of transfers and their sum are counted here.

    Units: amounts in, whole öre or cents, become major units with two decimals.
    Rounding: none.
    Raises: RecordNotWritable, as `canonical` does.
    Source: ISO 20022 pain.001.001.03 or pain.001.001.09, as the file's version says; the codes
    of bankgiro and plusgiro as the Swedish banks' guides have them, which each bank's own guide
    may change.
    """
    checked = canonical(file)
    namespace = NAMESPACE + checked.version.value
    document = etree.Element(f"{{{namespace}}}Document", nsmap={None: namespace})
    message = _put(document, "CstmrCdtTrfInitn")
    _put_header(message, checked)
    _put_batch(message, checked)
    etree.indent(document, space="  ")
    text = etree.tostring(document, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _put_header(message: Element, file: PaymentFile) -> None:
    header = _put(message, "GrpHdr")
    _put(header, "MsgId", file.message_id)
    _put(header, "CreDtTm", file.created_at.isoformat())
    _put_totals(header, file)
    party = _put(header, "InitgPty")
    _put(party, "Nm", file.initiator.name)
    if file.initiator.organisation_number:
        other = _put(party, "Id/OrgId/Othr")
        _put(other, "Id", file.initiator.organisation_number)
        _put(other, "SchmeNm/Cd", ORGANISATION_SCHEME)


def _put_batch(message: Element, file: PaymentFile) -> None:
    batch = _put(message, "PmtInf")
    _put(batch, "PmtInfId", file.message_id)
    _put(batch, "PmtMtd", TRANSFER_METHOD)
    _put_totals(batch, file)
    _put(batch, "PmtTpInf/CtgyPurp/Cd", SUPPLIER_PAYMENT)
    _put(batch, execution_path(file.version), file.requested_on.isoformat())
    _put(batch, "Dbtr/Nm", file.payer.name)
    account = _put(batch, "DbtrAcct")
    _put_account(account, file.payer.account)
    _put(account, "Ccy", file.payer.account_currency)
    institution = _put(batch, "DbtrAgt/FinInstnId")
    if file.payer.bic:
        _put(institution, bic_path(file.version), file.payer.bic)
    else:
        _put(institution, "Othr/Id", NOT_PROVIDED)
    for transfer in file.transfers:
        _put_transfer(batch, transfer)


def _put_totals(parent: Element, file: PaymentFile) -> None:
    _put(parent, "NbOfTxs", str(len(file.transfers)))
    _put(parent, "CtrlSum", amount_text(sum_minor(file)))


def _put_transfer(batch: Element, transfer: Transfer) -> None:
    node = _put(batch, "CdtTrfTxInf")
    _put(node, "PmtId/EndToEndId", transfer.end_to_end_id)
    amount = _put(node, "Amt/InstdAmt", amount_text(transfer.amount.minor))
    amount.set("Ccy", transfer.amount.currency)
    member = _clearing_member(transfer.account)
    if member:
        clearing = _put(node, "CdtrAgt/FinInstnId/ClrSysMmbId")
        _put(clearing, "ClrSysId/Cd", SWEDISH_CLEARING)
        _put(clearing, "MmbId", member)
    _put(node, "Cdtr/Nm", transfer.payee_name)
    _put_account(_put(node, "CdtrAcct"), transfer.account)
    match transfer.remittance:
        case OcrReference(number):
            reference = _put(node, "RmtInf/Strd/CdtrRefInf")
            _put(reference, "Tp/CdOrPrtry/Cd", STRUCTURED_REFERENCE)
            _put(reference, "Ref", number)
        case FreeText(text):
            _put(node, "RmtInf/Ustrd", text)


def _put_account(parent: Element, account: PayeeAccount) -> None:
    identification = _put(parent, "Id")
    match account:
        case Iban(number):
            _put(identification, "IBAN", number)
        case Bankgiro(number):
            _put(identification, "Othr/Id", number)
            _put(identification[0], "SchmeNm/Prtry", BANKGIRO_SCHEME)
        case Plusgiro(number):
            _put(identification, "Othr/Id", number)
            _put(identification[0], "SchmeNm/Cd", ACCOUNT_SCHEME)
        case ClearingAccount(clearing, number):
            _put(identification, "Othr/Id", clearing + number)
            _put(identification[0], "SchmeNm/Cd", ACCOUNT_SCHEME)


def _clearing_member(account: PayeeAccount) -> str:
    match account:
        case Bankgiro():
            return BANKGIRO_MEMBER
        case Plusgiro():
            return PLUSGIRO_MEMBER
        case ClearingAccount(clearing):
            return clearing
        case Iban():
            return ""


def execution_path(version: Pain001Version) -> str:
    """Return where a batch has the day of its execution."""
    return "ReqdExctnDt" if version is Pain001Version.V03 else "ReqdExctnDt/Dt"


def bic_path(version: Pain001Version) -> str:
    """Return where a bank has its BIC."""
    return "BIC" if version is Pain001Version.V03 else "BICFI"


def sum_minor(file: PaymentFile) -> int:
    """Return what the transfers sum to, in öre or cents."""
    return sum(transfer.amount.minor for transfer in file.transfers)


def _put(parent: Element, path: str, text: str | None = None) -> Element:
    """Add an element, and those on the way to it, and return it."""
    namespace = etree.QName(parent).namespace
    for step in path.split("/"):
        parent = etree.SubElement(parent, f"{{{namespace}}}{step}")
    parent.text = text
    return parent
