"""GET /openapi.json, and GET /docs: Swagger UI over it, without a request to any other host.

Swagger UI comes from the files of an installed package; nothing of that package is imported.
"""

import hashlib
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, get

from fordran.api.docs_page import PAGE_POLICY, PAGE_STYLE, START_SCRIPT, page
from fordran.api.gateway import gateway_of
from fordran.api.openapi import openapi_bytes
from fordran.api.openapi_sandbox import SANDBOX_PATHS
from fordran.api.responses import failure_response

SWAGGER_UI_PACKAGE = "swagger_ui"

SWAGGER_UI_FILES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
"""The files of the package that are served, and their content types."""

OWN_FILES = {
    "page.css": (PAGE_STYLE, "text/css"),
    "start.js": (START_SCRIPT, "text/javascript"),
}

_ASSET_SECONDS = 31_536_000


class Asset(msgspec.Struct, frozen=True):
    """A file of the page."""

    content: bytes
    content_type: str
    etag: str


class SwaggerUIMissing(Exception):  # noqa: N818 - says what is wrong
    """The package with the files of Swagger UI is not installed."""


@get("/openapi.json", sync_to_thread=False)
def get_openapi(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Serve the description of the API."""
    settings = gateway_of(request).settings
    return Response(
        _document(settings.public_url, settings.is_sandbox),
        media_type="application/json",
        headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"},
    )


@get("/docs", sync_to_thread=False)
def get_docs(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Serve the page where every operation can be tried."""
    settings = gateway_of(request).settings
    return Response(
        page(
            prefix=urlsplit(settings.public_url or "").path.rstrip("/"),
            title="Fordran API (sandbox)" if settings.is_sandbox else "Fordran API",
            version=_assets_version(),
        ),
        media_type="text/html",
        headers={
            "Cache-Control": "no-cache",
            "Content-Security-Policy": PAGE_POLICY,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )


@get("/docs/assets/{name:str}", sync_to_thread=False)
def get_docs_asset(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Serve a file of the page; its name in the page changes with its content."""
    name: str = request.path_params["name"]
    if name not in SWAGGER_UI_FILES and name not in OWN_FILES:
        return failure_response("not_found")
    found = asset(name)
    headers = {
        "Cache-Control": f"public, max-age={_ASSET_SECONDS}, immutable",
        "ETag": found.etag,
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("if-none-match") == found.etag:
        return Response(b"", status_code=304, media_type=found.content_type, headers=headers)
    return Response(found.content, media_type=found.content_type, headers=headers)


@lru_cache(maxsize=len(SWAGGER_UI_FILES) + len(OWN_FILES))
def asset(name: str) -> Asset:
    """Return a file of the page, read once. Raises: KeyError; SwaggerUIMissing."""
    if name in OWN_FILES:
        text, content_type = OWN_FILES[name]
        content = text.encode()
    else:
        content_type = SWAGGER_UI_FILES[name]
        content = (_swagger_ui_folder() / name).read_bytes()
    return Asset(content, content_type, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


@lru_cache(maxsize=4)
def _document(public_url: str | None, is_sandbox: bool) -> bytes:  # noqa: FBT001 - a cache's key
    return openapi_bytes(public_url, extra_paths=SANDBOX_PATHS if is_sandbox else None)


@lru_cache(maxsize=1)
def _assets_version() -> str:
    etags = "".join(asset(name).etag for name in sorted({*SWAGGER_UI_FILES, *OWN_FILES}))
    return hashlib.sha256(etags.encode()).hexdigest()[:12]


def _swagger_ui_folder() -> Path:
    spec = find_spec(SWAGGER_UI_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise SwaggerUIMissing(f"install the package {SWAGGER_UI_PACKAGE} with the server")
    return Path(spec.submodule_search_locations[0]) / "static"
