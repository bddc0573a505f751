"""POST /media--upload/{reference_id}, and the signed links to files: uploads and letters."""

import asyncio
import tempfile
from collections.abc import Iterator
from typing import Any, BinaryIO, cast
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from fordran.api.content_sniffing import sniff_content_type
from fordran.api.gateway import account_of, gateway_of
from fordran.api.ids import document_id, media_id
from fordran.api.multipart_upload import BadUpload, FileMissing, Upload, receive_upload
from fordran.api.responses import json_response
from fordran.operations.read_letters import letter_file
from fordran.operations.upload_media import (
    ORIGINAL_INVOICE,
    DocumentNotFound,
    UploadedFile,
    stored_media,
    upload_media,
)

DOMAIN_DEFAULT = "media--files"
DOTTED_PATHS: dict[str, tuple[str, ...]] = {DOMAIN_DEFAULT: (), "cases": (ORIGINAL_INVOICE,)}
"""Per domain, the parts of its documents that are files."""

LETTER_TYPE = "application/pdf"
CONTENT_TYPES = ("application/pdf", "image/jpeg", "image/png", "image/gif", "image/bmp")


@post("/media--upload/{reference_id:str}", request_max_body_size=None)
async def post_media(
    request: Request[Any, Any, Any], reference_id: FromPath[str]
) -> Response[bytes]:
    """Upload a file to a case; the answer's link serves it for an hour."""
    gateway = gateway_of(request)
    account_id = account_of(request)
    with tempfile.TemporaryFile() as spool:
        content = cast(BinaryIO, spool)
        upload = await _receive(request, content, gateway.settings.upload_size_max)
        dotted_path = _checked_path(upload.fields)
        file = UploadedFile(
            content,
            upload.filename,
            _checked_type(upload),
            upload.size,
            bytes.fromhex(upload.sha256),
        )
        case_id = document_id(reference_id)
        if case_id is None:
            raise DocumentNotFound
        stored = await asyncio.get_running_loop().run_in_executor(
            gateway.executor, upload_media, gateway.context, account_id, case_id, file, dotted_path
        )
    base_url = gateway.settings.public_url or str(request.base_url)
    path = file_path(account_id, stored.id)
    url = gateway.signer.sign(base_url, path, gateway.context.clock.now())
    return json_response({"url": url}, 201)


def file_path(account_id: str, file_id: str) -> str:
    """Return the path that serves a file: an upload, or a letter by the letter's id."""
    return f"/media--files/{account_id}/{file_id}"


@get("/media--files/{account_id:str}/{file_id:str}", sync_to_thread=True)
def get_media(
    request: Request[Any, Any, Any], account_id: FromPath[str], file_id: FromPath[str]
) -> Stream:
    """Serve a file to whoever has a signed link that has not expired."""
    gateway = gateway_of(request)
    parameters = request.query_params
    gateway.signer.check(
        request.url.path,
        parameters.get("Expires"),
        parameters.get("Signature"),
        gateway.context.clock.now(),
    )
    letter_id = document_id(file_id)
    if letter_id is not None:
        letter = letter_file(gateway.context, account_id, letter_id)
        return _served(iter([letter.content]), letter.filename, LETTER_TYPE, len(letter.content))
    found = stored_media(gateway.context, account_id, media_id(file_id) or "")
    chunks: Iterator[bytes] = gateway.context.blobs.stream(found.blob_key)
    return _served(chunks, found.filename, found.content_type, found.size)


def _served(chunks: Iterator[bytes], filename: str, content_type: str, size: int) -> Stream:
    return Stream(
        chunks,
        media_type=content_type,
        headers={
            "Content-Length": str(size),
            # Never shown inside a page of ours, whatever the bytes may be besides.
            "Content-Disposition": f"attachment; filename*=utf-8''{quote(filename)}",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )


async def _receive(request: Request[Any, Any, Any], content: BinaryIO, size_max: int) -> Upload:
    content_type = request.headers.get("content-type", "")
    try:
        return await receive_upload(
            request.stream(), content_type=content_type, target=content, size_max=size_max
        )
    except FileMissing as missing:
        # What is wrong with the form's texts is said first, as when there is a file.
        _checked_path(missing.fields)
        raise


def _checked_path(fields: dict[str, str]) -> str | None:
    """Return the part of the document that the file is for; None for the general domain."""
    domain = fields.get("domain", DOMAIN_DEFAULT)
    if domain not in DOTTED_PATHS:
        raise BadUpload(f"Domain '{domain}' is not valid.", reason="invalid_domain")
    if domain == DOMAIN_DEFAULT:
        return None
    dotted_path = fields.get("dotted_path")
    if not dotted_path:
        raise BadUpload(reason="dotted_path_missing")
    if dotted_path not in DOTTED_PATHS[domain]:
        raise BadUpload(reason="invalid_dotted_path")
    return dotted_path


def _checked_type(upload: Upload) -> str:
    """Return the content type that the first bytes show; it must be an allowed one.

    A client that declares a type must declare that one; it may also declare nothing in
    particular.
    """
    found = sniff_content_type(upload.head)
    declared = upload.declared_content_type or "application/octet-stream"
    if found in CONTENT_TYPES and declared in (found, "application/octet-stream"):
        return found
    raise BadUpload(
        "The provided file's content type is not allowed. "
        f"Expected one of {', '.join(CONTENT_TYPES)}; "
        f"declared as {declared}, and the content is {found or 'none of them'}.",
        reason="content_type_not_allowed",
    )
