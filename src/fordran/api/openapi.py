"""The description of the API: one OpenAPI 3.1 document, made from the models and the tables.

`python -m fordran.api.openapi` writes the sandbox's, which tests/golden/openapi.json holds.
"""

import sys
from collections.abc import Mapping
from typing import Any

import msgspec

from fordran import __version__
from fordran.api import openapi_parts, openapi_texts
from fordran.api.openapi_inputs import input_schemas
from fordran.api.openapi_outputs import output_schemas
from fordran.api.openapi_paths import paths
from fordran.api.openapi_sandbox import SANDBOX_PATHS

OPENAPI_VERSION = "3.1.0"


def openapi_document(
    server_url: str | None = None, *, extra_paths: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the document of a server; `extra_paths` are those that the sandbox adds.

    Without a URL the server is where the document was read from.
    """
    tags = openapi_texts.TAGS
    if extra_paths:
        tags = {**tags, openapi_texts.SANDBOX_TAG: openapi_texts.SANDBOX_TAG_TEXT}
    return {
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": "Fordran",
            "version": __version__,
            "summary": "Debt collection in Sweden, over an API.",
            "description": openapi_texts.SANDBOX_GUIDE if extra_paths else openapi_texts.GUIDE,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server_url.rstrip("/") if server_url else "/"}],
        "tags": [{"name": name, "description": text} for name, text in tags.items()],
        "paths": {**paths(), **(extra_paths or {})},
        "components": {
            "schemas": {**input_schemas(), **output_schemas()},
            "responses": openapi_parts.shared_responses(),
            "parameters": openapi_parts.shared_parameters(),
            "securitySchemes": {
                name: _api_key(text) for name, text in openapi_texts.SECURITY.items()
            },
        },
    }


def openapi_bytes(
    server_url: str | None = None, *, extra_paths: Mapping[str, Any] | None = None
) -> bytes:
    """Return the document as JSON that people can read."""
    document = openapi_document(server_url, extra_paths=extra_paths)
    return msgspec.json.format(msgspec.json.encode(document)) + b"\n"


def _api_key(description: str) -> dict[str, str]:
    return {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": description}


if __name__ == "__main__":
    sys.stdout.buffer.write(openapi_bytes(extra_paths=SANDBOX_PATHS))
