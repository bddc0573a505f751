import asyncio
import contextlib
import hashlib
import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fordran.api.multipart_upload import (
    FIELD_SIZE_MAX,
    BadUpload,
    FileMissing,
    UploadTooLarge,
    clean_filename,
    receive_upload,
)

BOUNDARY = "----boundary7MA4YWxk"
CONTENT_TYPE = f"multipart/form-data; boundary={BOUNDARY}"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 8


def part(disposition, content, *headers):
    lines = [f"Content-Disposition: form-data; {disposition}", *headers]
    return (
        f"--{BOUNDARY}\r\n".encode() + "\r\n".join(lines).encode() + b"\r\n\r\n" + content + b"\r\n"
    )


def form(*parts):
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


FILE = part('name="file"; filename="invoice.pdf"', PDF, "Content-Type: application/pdf")
DOMAIN = part('name="domain"', b" cases ")


def receive(body, *, content_type=CONTENT_TYPE, size_max=10_000, chunk_size=64, target=None):
    async def chunks():
        for start in range(0, len(body), chunk_size):
            yield body[start : start + chunk_size]
            yield b""

    return receive_stream(chunks(), content_type, target, size_max)


def receive_stream(chunks, content_type=CONTENT_TYPE, target=None, size_max=10_000):
    return asyncio.run(
        receive_upload(
            chunks,
            content_type=content_type,
            target=io.BytesIO() if target is None else target,
            size_max=size_max,
        )
    )


@pytest.mark.parametrize("chunk_size", [1, 7, 64, 1_000_000])
def test_upload_is_written_counted_and_hashed(chunk_size):
    target = io.BytesIO()
    upload = receive(form(DOMAIN, FILE), chunk_size=chunk_size, target=target)
    assert target.getvalue() == PDF
    assert upload.filename == "invoice.pdf"
    assert upload.declared_content_type == "application/pdf"
    assert upload.size == len(PDF)
    assert upload.sha256 == hashlib.sha256(PDF).hexdigest()
    assert upload.head == PDF[:512]
    assert upload.fields == {"domain": "cases"}


@given(st.binary(max_size=2000), st.integers(1, 300))
def test_upload_gives_back_any_content(content, chunk_size):
    target = io.BytesIO()
    body = form(part('name="file"; filename="a.bin"', content), DOMAIN)
    upload = receive(body, chunk_size=chunk_size, target=target)
    assert target.getvalue() == content
    assert upload.head == content[:512]
    assert upload.declared_content_type == "application/octet-stream"


def test_upload_ignores_what_follows_the_form():
    assert receive(form(FILE) + b"\r\nepilogue" * 20, chunk_size=50).size == len(PDF)


def test_upload_of_exactly_the_limit_is_taken_and_one_byte_more_is_not():
    assert receive(form(FILE), size_max=len(PDF)).size == len(PDF)
    target = io.BytesIO()
    with pytest.raises(UploadTooLarge) as caught:
        receive(form(FILE), size_max=len(PDF) - 1, target=target)
    assert len(target.getvalue()) < len(PDF)
    assert (caught.value.status, caught.value.reason) == (413, "body_too_large")


class Discarding(io.BytesIO):
    def write(self, content):
        return len(content)


def test_upload_of_a_large_file_takes_little_memory():
    async def chunks():
        yield part('name="file"; filename="a.bin"', b"")[:-2]
        for _ in range(500):
            yield bytes(64 * 1024)
        yield b"\r\n" + form()

    tracemalloc.start()
    try:
        upload = receive_stream(chunks(), target=Discarding(), size_max=2**30)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert upload.size == 500 * 64 * 1024
    assert peak < 2 * 1024 * 1024


@pytest.mark.parametrize(
    "chunk",
    [b"x" * 65536, b"\r\n" * 32768, b"\r\n--" * 16384],
    ids=["text", "line breaks", "nearly boundaries"],
)
def test_upload_whose_preamble_never_ends_is_cut_off(chunk):
    async def chunks():
        while True:
            yield chunk

    with pytest.raises(UploadTooLarge):
        receive_stream(chunks())


def test_upload_whose_epilogue_never_ends_is_cut_off():
    async def chunks():
        yield form(FILE)
        while True:
            yield b"x" * 65536

    with pytest.raises(UploadTooLarge):
        receive_stream(chunks())


@pytest.mark.parametrize(
    ("content_type", "reason", "status"),
    [
        ("", "unsupported_media_type", 415),
        ("application/json", "unsupported_media_type", 415),
        ("multipart/mixed; boundary=x", "unsupported_media_type", 415),
        ("multipart/form-data", "malformed_upload", 400),
        ("multipart/form-data; boundary=", "malformed_upload", 400),
        ('multipart/form-data; boundary=""', "malformed_upload", 400),
        ('multipart/form-data; boundary="a\nb"', "malformed_upload", 400),
        ("multipart/form-data; boundary=å", "malformed_upload", 400),
        ("multipart/form-data; boundary=" + "x" * 71, "malformed_upload", 400),
        ("multipart/form-data; boundary=other", "malformed_upload", 400),
        ("multipart/form-data;" + ' a="' * 100_000, "malformed_upload", 400),
    ],
    ids=range(11),
)
def test_upload_without_a_usable_content_type_is_refused(content_type, reason, status):
    with pytest.raises(BadUpload) as caught:
        receive(form(FILE), content_type=content_type)
    assert (caught.value.reason, caught.value.status) == (reason, status)


MALFORMED = {
    "empty": b"",
    "truncated": form(FILE)[:-30],
    "no final boundary": FILE,
    "second file": form(FILE, FILE),
    "file in another part": form(part('name="other"; filename="a.pdf"', b"x")),
    "field twice": form(DOMAIN, DOMAIN),
    "field without name": form(part("x=y", b"x")),
    "field with an empty name": form(part('name=""', b"x")),
    "control character in a name": form(part('name="a\x00b"', b"x")),
    "field too long": form(part('name="domain"', b"x" * (FIELD_SIZE_MAX + 1)), FILE),
    "field not UTF-8": form(part('name="domain"', b"\xe5"), FILE),
    "field with NUL": form(part('name="domain"', b"a\x00"), FILE),
    "too many parts": form(*[part(f'name="f{n}"', b"x") for n in range(100_000)]),
    "too many headers": form(part('name="file"', b"x", *[f"X-{n}: y" for n in range(1000)])),
    "header too long": form(part('name="file"; filename="' + "a" * 10_000 + '"', b"x")),
    "header without end": f"--{BOUNDARY}\r\nX: ".encode() + b"y" * 1_000_000,
    "header without colon": form(part('name="file"', b"x", "nonsense")),
    "header not UTF-8": form(part('name="file"', b"x")).replace(b"name", b"\xe5"),
    "no disposition": f"--{BOUNDARY}\r\nX: y\r\n\r\nz\r\n--{BOUNDARY}--\r\n".encode(),
    "wrong part length": form(part('name="file"', b"x", "Content-Length: 99")),
    "bytes before the form": b"x" + form(FILE),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
@pytest.mark.parametrize("chunk_size", [17, 100_000])
def test_upload_that_is_malformed_is_a_400(body, chunk_size):
    with pytest.raises(BadUpload) as caught:
        receive(body, chunk_size=chunk_size)
    assert (caught.value.reason, caught.value.status) == ("malformed_upload", 400)


@pytest.mark.parametrize("parts", [(DOMAIN,), (DOMAIN, part('name="file"; filename=""', b""))])
def test_upload_without_a_file_says_so_and_keeps_the_fields(parts):
    with pytest.raises(FileMissing) as caught:
        receive(form(*parts))
    assert caught.value.message == "File is a required attribute."
    assert caught.value.status == 400
    assert caught.value.fields == {"domain": "cases"}


def test_upload_without_any_part_has_no_file():
    with pytest.raises(FileMissing):
        receive(form())


@pytest.mark.parametrize("declared", ["", "pdf", "text/<script>", "a/b\x00", "å/ä"])
def test_upload_with_a_nonsense_content_type_is_of_unknown_type(declared):
    body = form(part('name="file"; filename="a.pdf"', b"x", f"Content-Type: {declared}"))
    assert receive(body).declared_content_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        ('name="file"', "file"),
        ('name="file"; filename="../../etc/passwd"', "passwd"),
        ('name="file"; filename="C:\\temp\\a.pdf"', "a.pdf"),
        ('name="file"; filename="räkning.pdf"', "räkning.pdf"),
        ("name=\"file\"; filename*=UTF-8''r%C3%A4kning.pdf", "räkning.pdf"),
        ("name=\"file\"; filename*=utf-8''..%2F..%2Fa%00.pdf", "a.pdf"),
        ("name=\"file\"; filename*=utf-8''%ff%0d%0aX:1", "\ufffd X:1"),
    ],
)
def test_upload_keeps_a_clean_file_name(disposition, filename):
    assert receive(form(part(disposition, b"x"))).filename == filename


@pytest.mark.parametrize(
    ("sent", "clean"),
    [
        ("a.pdf", "a.pdf"),
        ("", "file"),
        (".", "file"),
        ("..", "file"),
        ("   ", "file"),
        ("/", "file"),
        ("../../outside.pdf", "outside.pdf"),
        ("..\\..\\outside.pdf", "outside.pdf"),
        ("file://absolute.pdf", "absolute.pdf"),
        ("a\x00.pdf", "a.pdf"),
        ("a.pdf\r\nX-Injected: 1", "a.pdf X-Injected: 1"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u030a.pdf", "å.pdf"),
        ("\ud800a.pdf", "a.pdf"),
        (".htaccess", ".htaccess"),
        ("a" * 300 + ".pdf", "a" * 251 + ".pdf"),
        ("a" * 300, "a" * 255),
        ("." + "a" * 300, "." + "a" * 254),
    ],
)
def test_clean_filename_is_only_a_name(sent, clean):
    assert clean_filename(sent) == clean


@given(st.text(st.characters()))
def test_clean_filename_is_always_safe_to_show(sent):
    clean = clean_filename(sent)
    assert 0 < len(clean) <= 255
    assert "/" not in clean
    assert "\\" not in clean
    assert clean.isprintable()
    assert clean_filename(clean) == clean
    clean.encode()


pieces = st.sampled_from(
    [
        f"--{BOUNDARY}".encode(),
        b"--",
        b"\r\n",
        b"\n",
        b"Content-Disposition: form-data; ",
        b'name="file"',
        b'name="domain"',
        b"; filename=",
        b'"a%22\\".pdf"',
        b"Content-Length: 3",
        b"Content-Type: a/b; charset=x",
        FILE,
        DOMAIN,
    ]
)


@given(st.lists(pieces | st.binary(max_size=20), max_size=12), st.integers(1, 200))
def test_upload_of_any_bytes_is_read_or_refused(body, chunk_size):
    with contextlib.suppress(BadUpload):
        receive(b"".join(body), chunk_size=chunk_size)
