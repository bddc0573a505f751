"""The operations of the API, path by path."""

from fordran.api import openapi_examples as examples
from fordran.api.media_upload import CONTENT_TYPES, DOMAIN_DEFAULT, DOTTED_PATHS
from fordran.api.openapi_action_paths import action_paths
from fordran.api.openapi_explanation_paths import explanation_paths, with_instants
from fordran.api.openapi_finance_paths import finance_paths
from fordran.api.openapi_hold_paths import hold_paths
from fordran.api.openapi_letter_paths import letter_paths
from fordran.api.openapi_operations import (
    POST_FAILURES,
    get_operation,
    list_operation,
    operation,
)
from fordran.api.openapi_parts import (
    SIGNED_REQUEST,
    Part,
    answer,
    body,
    created,
    failures,
    path_id,
    query,
)
from fordran.api.openapi_scalars import Schema, reference, text
from fordran.operations.upload_media import ORIGINAL_INVOICE
from fordran.storage.case_views import CASES
from fordran.storage.registrations import REGISTRATIONS

_CASE_ID = examples.CASE["_id"]


def paths() -> dict[str, Part]:
    """Return the path items, in the order a newcomer needs them."""
    return {
        "/authenticates/api-code": {"get": _authenticate()},
        "/case--registrations": {"post": _post_registration(), "get": _list_registrations()},
        "/case--registrations/{registration_id}": {"get": _get_registration()},
        "/cases": {"get": _list_cases()},
        "/cases/{case_id}": {"get": with_instants(_get_case())},
        **explanation_paths(),
        **action_paths(),
        **hold_paths(),
        **letter_paths(),
        **finance_paths(),
        "/media--upload/{reference_id}": {"post": _post_media()},
        "/media--files/{account_id}/{file_id}": {"get": _get_media()},
        "/health": {"get": _get_health()},
    }


def _authenticate() -> Part:
    return operation(
        "authenticate",
        "Authentication",
        "Exchange a signed JWT for an access token",
        security=SIGNED_REQUEST,
        description="Send the JWT as `X-API-Key`. See *Get a token* above.",
        responses={
            "200": answer(
                "An access token.", reference("TokenAnswer"), {"A token": examples.TOKEN_ANSWER}
            ),
            **failures("unauthorized"),
        },
    )


def _post_registration() -> Part:
    return operation(
        "post_registration",
        "Case registrations",
        "Register debts: each becomes a case",
        description=(
            "A registration is accepted or refused as a whole. A customer is known by the "
            "identity number and reused; the last details sent hold."
        ),
        parameters=[{"$ref": "#/components/parameters/IdempotencyKey"}],
        requestBody=body(
            reference("CaseRegistrationRequest"),
            {"One invoice of a company": examples.REGISTRATION_REQUEST},
        ),
        responses={
            "201": created(
                "The cases have been made.",
                reference("CaseRegistrationAnswer"),
                {"One case": examples.REGISTRATION_ANSWER},
            ),
            **failures(*POST_FAILURES),
        },
    )


def _list_registrations() -> Part:
    return list_operation(
        "list_registrations",
        "Case registrations",
        "List registrations, a page at a time",
        "CaseRegistration",
        fields=tuple(REGISTRATIONS.fields),
        example=examples.REGISTRATION,
    )


def _get_registration() -> Part:
    return get_operation(
        "get_registration",
        "Case registrations",
        "Show one registration",
        "CaseRegistration",
        parameter=path_id(
            "registration_id", "The registration's `_id`.", examples.REGISTRATION["_id"]
        ),
        shown={"One case": examples.REGISTRATION},
    )


def _list_cases() -> Part:
    return list_operation(
        "list_cases",
        "Cases",
        "List cases, a page at a time",
        "Case",
        fields=tuple(CASES.fields),
        example=examples.CASE,
    )


def _get_case() -> Part:
    return get_operation(
        "get_case",
        "Cases",
        "Show one case",
        "Case",
        parameter=path_id(
            "case_id", "The case's `_id`, from `_cases` of its registration.", _CASE_ID
        ),
        shown={"In debt collection": examples.CASE, "Closed": examples.CASE_CLOSED},
    )


def _post_media() -> Part:
    return operation(
        "post_media",
        "Media",
        "Upload a file to a case",
        description=(
            "With the domain `cases` and the dotted path `original_invoice` the file becomes the "
            "case's original invoice."
        ),
        parameters=[path_id("reference_id", "The case's `_id`.", _CASE_ID)],
        requestBody={"required": True, "content": {"multipart/form-data": _upload_form()}},
        responses={
            "201": answer(
                "The file has been stored.",
                reference("UploadAnswer"),
                {
                    "Stored": examples.UPLOAD_ANSWER,
                    "The documented example": examples.UPLOAD_ANSWER_DOCUMENTED,
                },
            ),
            **failures(
                "malformed_upload",
                "malformed_request",
                "invalid_domain",
                "invalid_dotted_path",
                "dotted_path_missing",
                "content_type_not_allowed",
                "file_missing",
                "unauthorized",
                "document_not_found",
                "body_too_large",
                "unsupported_media_type",
            ),
        },
    )


def _upload_form() -> Part:
    file: Schema = {
        "type": "string",
        "format": "binary",
        "description": (
            "The file: PDF, JPEG, PNG, GIF or BMP, as its first bytes show. At most 20 MiB, "
            "unless the server is set up otherwise."
        ),
    }
    domain: Schema = {
        "type": "string",
        "enum": list(DOTTED_PATHS),
        "default": DOMAIN_DEFAULT,
        "description": "What kind of document the file belongs to.",
        "examples": ["cases"],
    }
    dotted_path: Schema = {
        "type": "string",
        "enum": [ORIGINAL_INVOICE],
        "description": f"Which part of the document; needed unless the domain is {DOMAIN_DEFAULT}.",
        "examples": [ORIGINAL_INVOICE],
    }
    return {
        "schema": {
            "type": "object",
            "required": ["file"],
            "properties": {"file": file, "domain": domain, "dotted_path": dotted_path},
        },
        "encoding": {"file": {"contentType": ", ".join(CONTENT_TYPES)}},
    }


def _get_media() -> Part:
    binary: Part = {"schema": {"type": "string", "format": "binary"}}
    file_id = text("The file's id.", pattern="^([0-9a-f]{24}|[0-9a-f]{32})$")
    return operation(
        "get_media",
        "Media",
        "Read a file by its signed link",
        security=None,
        description="Take the link as the upload answered it, or as the letter shows it; it is "
        "valid for an hour.",
        parameters=[
            path_id("account_id", "As in the link.", examples.CASE["account"]),
            {"name": "file_id", "in": "path", "required": True, "schema": file_id},
            query("Expires", "As in the link.", {"type": "integer"}, required=True),
            query("Signature", "As in the link.", {"type": "string"}, required=True),
        ],
        responses={
            "200": {"description": "The file.", "content": dict.fromkeys(CONTENT_TYPES, binary)},
            **failures("forbidden", "document_not_found"),
        },
    )


def _get_health() -> Part:
    return operation(
        "get_health",
        "Health",
        "Ask whether the server and its database answer",
        security=None,
        responses={
            "200": answer("They do.", reference("Health"), {"Healthy": {"_status": "OK"}}),
            **failures(),
        },
    )
