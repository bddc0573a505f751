"""Uploads: every refusal in the documentation's words, and what is stored is what was sent."""

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from litestar.testing import TestClient

from fordran.bootstrap import api_app
from fordran.operations.context import Context
from fordran.settings import Settings
from fordran.storage.blobs import BlobStore
from tests.conftest import WorkerDatabase
from tests.world import Account, ApiClient, SteppedClock

NO_DOCUMENT = "68b7f49c7b02934caddab092"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
BITMAP = b"BM" + bytes(12) + (40).to_bytes(4, "little") + bytes(40)
FILES = {
    "application/pdf": PDF,
    "image/jpeg": b"\xff\xd8\xff\xe0" + bytes(100),
    "image/png": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "image/gif": b"GIF89a" + bytes(100),
    "image/bmp": BITMAP,
}
CASE_INVOICE = {"domain": "cases", "dotted_path": "original_invoice"}
SIZE_MAX = 1000


@pytest.fixture
def case_id(api: ApiClient) -> str:
    return api.register()


def upload(
    api: ApiClient,
    case_id: str,
    content: bytes = PDF,
    content_type: str = "application/pdf",
    filename: str = "original_invoice.pdf",
    **fields: str,
) -> Any:
    return api.client.post(
        f"/media--upload/{case_id}",
        headers=api.headers,
        files={"file": (filename, content, content_type)},
        data=fields,
    )


def form(*parts: tuple[str, bytes], end: bytes = b"--edge--\r\n") -> bytes:
    """Write a multipart form by hand: headers of a part, then its content."""
    return (
        b"".join(
            b"--edge\r\n" + headers.encode() + b"\r\n\r\n" + content + b"\r\n"
            for headers, content in parts
        )
        + end
    )


def send_form(api: ApiClient, case_id: str, body: bytes, content_type: str | None = None) -> Any:
    return api.client.post(
        f"/media--upload/{case_id}",
        headers={
            **api.headers,
            "Content-Type": content_type or "multipart/form-data; boundary=edge",
        },
        content=body,
    )


@pytest.fixture
def stored(database: WorkerDatabase, context: Context, api: ApiClient) -> Iterator[Any]:
    """Count the account's files: records and bytes."""

    def count() -> tuple[int, int]:
        with psycopg.connect(database.conninfo()) as connection:
            row = connection.execute(
                "SELECT count(*) FROM media WHERE account_id = %s", (api.account.id,)
            ).fetchone()
        assert row is not None
        return row[0], blobs_of(context.blobs, api.account.id)

    return count


def blobs_of(blobs: BlobStore, account_id: str) -> int:
    import obstore  # noqa: PLC0415 - looks behind the store, here only

    return sum(len(page) for page in obstore.list(blobs._store, prefix=f"media/{account_id}"))


@pytest.mark.parametrize("content_type", FILES)
def test_allowed_file_is_served_as_it_was_sent(
    api: ApiClient, case_id: str, content_type: str
) -> None:
    content = FILES[content_type]
    answer = upload(api, case_id, content, content_type, **CASE_INVOICE)
    assert answer.status_code == 201, answer.text
    assert set(answer.json()) == {"url"}
    served = api.client.get(answer.json()["url"])
    assert served.status_code == 200
    assert served.content == content
    assert served.headers["Content-Type"] == content_type
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert served.headers["Content-Disposition"].startswith("attachment")
    invoice = api.case(case_id)["original_invoice"]
    assert invoice == {
        "id": urlsplit(answer.json()["url"]).path.rpartition("/")[2],
        "filename": "original_invoice.pdf",
        "content_type": content_type,
        "size": len(content),
    }
    assert re.fullmatch(r"[0-9a-f]{32}", invoice["id"])


def test_type_that_is_not_declared_is_the_one_of_the_content(api: ApiClient, case_id: str) -> None:
    declared = "application/octet-stream"
    assert upload(api, case_id, PDF, declared, **CASE_INVOICE).status_code == 201
    assert api.case(case_id)["original_invoice"]["content_type"] == "application/pdf"


def test_link_expires_after_an_hour_of_real_time(
    api: ApiClient, case_id: str, clock: SteppedClock
) -> None:
    url = upload(api, case_id, **CASE_INVOICE).json()["url"]
    api.advance(by="P30D")
    clock.current += timedelta(seconds=3599)
    assert api.client.get(url).status_code == 200
    clock.current += timedelta(seconds=1)
    assert api.client.get(url).status_code == 403


def test_link_needs_no_token_and_a_token_is_no_link(api: ApiClient, case_id: str) -> None:
    url = upload(api, case_id, **CASE_INVOICE).json()["url"]
    assert api.client.get(url).status_code == 200
    bare = api.client.get(urlsplit(url).path, headers=api.headers)
    assert (bare.status_code, bare.json()["_error"]["reason"]) == (403, "forbidden")


def test_file_without_a_domain_is_stored_beside_the_case(
    api: ApiClient, case_id: str, stored: Any
) -> None:
    before = api.case(case_id)
    for fields in ({}, {"domain": "media--files"}, {"dotted_path": "original_invoice"}):
        answer = upload(api, case_id, **fields)
        assert answer.status_code == 201
        assert api.client.get(answer.json()["url"]).content == PDF
    assert stored() == (3, 3)
    assert api.case(case_id) == before


def test_later_original_invoice_takes_the_place_of_the_earlier(
    api: ApiClient, case_id: str
) -> None:
    first = upload(api, case_id, **CASE_INVOICE).json()["url"]
    second = upload(api, case_id, PDF + b"%", **CASE_INVOICE).json()["url"]
    assert api.case(case_id)["original_invoice"]["size"] == len(PDF) + 1
    assert api.client.get(first).content == PDF
    assert api.client.get(second).content == PDF + b"%"


REFUSALS: list[tuple[dict[str, str], str, str]] = [
    ({"domain": "nothing"}, "Domain 'nothing' is not valid.", "invalid_domain"),
    ({"domain": "<b>"}, "Domain '<b>' is not valid.", "invalid_domain"),
    ({"domain": ""}, "Domain '' is not valid.", "invalid_domain"),
    ({"domain": "cases"}, "Dotted Path Not Found in request form", "dotted_path_missing"),
    (
        {"domain": "cases", "dotted_path": ""},
        "Dotted Path Not Found in request form",
        "dotted_path_missing",
    ),
    (
        {"domain": "cases", "dotted_path": "status"},
        "Dotted Path is not valid",
        "invalid_dotted_path",
    ),
    (
        {"domain": "cases", "dotted_path": "original_invoice.id"},
        "Dotted Path is not valid",
        "invalid_dotted_path",
    ),
]


@pytest.mark.parametrize(("fields", "message", "reason"), REFUSALS)
@pytest.mark.parametrize("has_file", [True, False])
def test_wrong_place_is_refused_in_the_documented_words(
    api: ApiClient,
    case_id: str,
    stored: Any,
    *,
    fields: dict[str, str],
    message: str,
    reason: str,
    has_file: bool,
) -> None:
    parts = [
        (f'Content-Disposition: form-data; name="{name}"', value.encode())
        for name, value in fields.items()
    ]
    if has_file:
        parts.append(('Content-Disposition: form-data; name="file"; filename="a.pdf"', PDF))
    answer = send_form(api, case_id, form(*parts))
    assert answer.status_code == 400
    assert answer.json() == {
        "_status": "ERR",
        "_error": {"code": 400, "message": message, "reason": reason},
    }
    assert stored() == (0, 0)


@pytest.mark.parametrize(
    "body",
    [
        form(),
        form(('Content-Disposition: form-data; name="domain"', b"media--files")),
        form(('Content-Disposition: form-data; name="file"; filename=""', b"")),
    ],
    ids=["nothing", "fields only", "a file that was not chosen"],
)
def test_upload_without_a_file_is_refused_in_the_documented_words(
    api: ApiClient, case_id: str, body: bytes
) -> None:
    answer = send_form(api, case_id, body)
    assert answer.status_code == 400
    assert answer.json()["_error"]["message"] == "File is a required attribute."


WRONG_CONTENTS: list[tuple[bytes, str]] = [
    (b"<html><script>alert(1)</script>", "application/pdf"),
    (b"<html>%PDF-1.4", "application/pdf"),
    (b"", "application/pdf"),
    (b"MZ" + bytes(100), "application/pdf"),
    (b"PK\x03\x04" + bytes(100), "image/png"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
    (PDF, "text/html"),
    (PDF, "image/png"),
    (FILES["image/png"], "image/jpeg"),
    (b"plain text", "application/octet-stream"),
]


@pytest.mark.parametrize(("content", "declared"), WRONG_CONTENTS)
def test_content_that_is_not_allowed_is_refused_whatever_is_declared(
    api: ApiClient, case_id: str, stored: Any, content: bytes, declared: str
) -> None:
    answer = upload(api, case_id, content, declared, **CASE_INVOICE)
    assert answer.status_code == 400
    message = answer.json()["_error"]["message"]
    assert message.startswith("The provided file's content type is not allowed.")
    assert declared in message
    for allowed in FILES:
        assert allowed in message
    assert stored() == (0, 0)


def test_upload_to_no_case_is_refused_in_the_documented_words(
    api: ApiClient, context: Context, case_id: str
) -> None:
    other = ApiClient(api.client, Account.make(context))
    answers = [
        upload(api, NO_DOCUMENT, **CASE_INVOICE),
        upload(api, "x", **CASE_INVOICE),
        upload(api, NO_DOCUMENT),
        upload(other, case_id, **CASE_INVOICE),
        upload(other, case_id),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert {answer.content for answer in answers} == {answers[0].content}
    assert answers[0].json()["_error"]["message"] == "Resource Document Not Found"
    assert blobs_of(context.blobs, other.account.id) == 0


@pytest.fixture
def small(context: Context, tmp_path: Path, account: Account) -> Iterator[ApiClient]:
    """The API where a file may have a thousand bytes."""
    limited = Settings(data_dir=tmp_path, is_sandbox=True, upload_size_max=SIZE_MAX)
    with TestClient(api_app(limited, context), raise_server_exceptions=False) as client:
        yield ApiClient(client, account)


def test_file_beyond_the_limit_is_refused_and_nothing_is_stored(
    small: ApiClient, api: ApiClient, stored: Any
) -> None:
    case_id = small.register()
    before = small.case(case_id)
    for size in (SIZE_MAX + 1, SIZE_MAX * 100, 3 * 1024 * 1024):
        answer = upload(small, case_id, PDF.ljust(size), **CASE_INVOICE)
        assert answer.status_code == 413
        assert answer.json()["_error"] == {
            "code": 413,
            "message": "The file is too large; the limit is 1000 bytes.",
            "reason": "body_too_large",
        }
    assert stored() == (0, 0)
    assert small.case(case_id) == before
    assert upload(small, case_id, PDF.ljust(SIZE_MAX), **CASE_INVOICE).status_code == 201
    assert small.case(case_id)["original_invoice"]["size"] == SIZE_MAX


def test_file_larger_than_other_bodies_may_be_is_stored_whole(
    api: ApiClient, case_id: str, database: WorkerDatabase
) -> None:
    content = PDF + bytes(range(256)) * 4 * 3 * 1024
    assert len(content) > 3 * 1024 * 1024
    answer = upload(api, case_id, content, **CASE_INVOICE)
    assert answer.status_code == 201
    assert api.client.get(answer.json()["url"]).content == content
    with psycopg.connect(database.conninfo()) as connection:
        rows = connection.execute(
            "SELECT sha256, size FROM media WHERE case_id = %s", (case_id,)
        ).fetchall()
    assert rows == [(hashlib.sha256(content).digest(), len(content))]


FILE = 'Content-Disposition: form-data; name="file"; filename="a.pdf"'
HOSTILE: dict[str, tuple[bytes, str | None, int]] = {
    "no form": (b"{}", "application/json", 415),
    "no content type": (b"{}", "", 415),
    "no boundary": (form((FILE, PDF)), "multipart/form-data", 400),
    "empty boundary": (form((FILE, PDF)), "multipart/form-data; boundary=", 400),
    "giant boundary": (form((FILE, PDF)), "multipart/form-data; boundary=" + "x" * 5000, 400),
    "another boundary": (form((FILE, PDF)), "multipart/form-data; boundary=other", 400),
    "not ended": (form((FILE, PDF), end=b""), None, 400),
    "cut in the headers": (b"--edge\r\nContent-Disposition: form-da", None, 400),
    "empty": (b"", None, 400),
    "two files": (form((FILE, PDF), (FILE, PDF)), None, 400),
    "a file elsewhere": (form((FILE.replace('"file"', '"other"'), PDF)), None, 400),
    "a file without a name": (form((FILE.replace(' name="file";', ""), PDF)), None, 400),
    "thousands of parts": (
        form(*[(f'Content-Disposition: form-data; name="f{n}"', b"x") for n in range(5000)]),
        None,
        400,
    ),
    "a giant field": (
        form(('Content-Disposition: form-data; name="domain"', b"x" * 100_000)),
        None,
        400,
    ),
    "a giant header": (form((FILE + "\r\nX: " + "x" * 100_000, PDF)), None, 400),
    "many headers": (form((FILE + "\r\nX: x" * 1000, PDF)), None, 400),
    "a field twice": (
        form(*[('Content-Disposition: form-data; name="domain"', b"cases")] * 2, (FILE, PDF)),
        None,
        400,
    ),
    "a field with NUL": (
        form(('Content-Disposition: form-data; name="domain"', b"cases\x00"), (FILE, PDF)),
        None,
        400,
    ),
    "a field that is not UTF-8": (
        form(('Content-Disposition: form-data; name="domain"', b"\xff"), (FILE, PDF)),
        None,
        400,
    ),
    "a nested form": (
        form((FILE + "\r\nContent-Type: multipart/mixed; boundary=inner", b"--inner--")),
        None,
        400,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_form_is_refused_and_nothing_is_stored(
    api: ApiClient, case_id: str, stored: Any, name: str
) -> None:
    body, content_type, status = HOSTILE[name]
    answer = send_form(api, case_id, body, content_type)
    if content_type == "":
        answer = api.client.post(f"/media--upload/{case_id}", headers=api.headers, content=body)
    assert answer.status_code == status, answer.text
    assert answer.json()["_status"] == "ERR"
    assert stored() == (0, 0)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../../etc/passwd", "passwd"),
        ("C:\\fakturor\\faktura.pdf", "faktura.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("räkning 1.pdf", "räkning 1.pdf"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ('a"b.pdf', 'a"b.pdf'),
    ],
)
def test_file_name_is_kept_without_what_is_dangerous(
    api: ApiClient, case_id: str, sent: str, kept: str
) -> None:
    answer = upload(api, case_id, filename=sent, **CASE_INVOICE)
    assert answer.status_code == 201
    assert api.case(case_id)["original_invoice"]["filename"] == kept
    disposition = api.client.get(answer.json()["url"]).headers["Content-Disposition"]
    assert "\r" not in disposition
    assert "\n" not in disposition
    assert disposition.isascii()
