import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from litestar import Litestar
from litestar.datastructures import State
from litestar.testing import TestClient

from fordran.api import docs, openapi_examples
from fordran.api.app import PUBLIC_ROUTES, TOKEN_ROUTES
from fordran.api.creditor_action_requests import (
    CreditorCancellationRequest,
    CreditorCreditingRequest,
    CreditorPaymentRequest,
    CreditorPaymentReversalRequest,
    DisputeOutcomeRequest,
    DisputeRequest,
    InterestReductionRequest,
    PauseRequest,
    RespiteRequest,
    ResumptionRequest,
)
from fordran.api.decode import decode
from fordran.api.docs_page import START_SCRIPT
from fordran.api.errors import FAILURES
from fordran.api.gateway import ApiSettings
from fordran.api.media_upload import CONTENT_TYPES
from fordran.api.openapi import openapi_bytes, openapi_document
from fordran.api.openapi_inputs import FIELD_TEXTS, input_schemas
from fordran.api.openapi_parts import list_parameters
from fordran.api.openapi_sandbox import SANDBOX_PATHS
from fordran.api.openapi_texts import SIGNING_SNIPPET
from fordran.api.queries import read_projection, read_query
from fordran.api.requests import CaseRegistrationRequest
from fordran.api.scalars import ReadOnly
from fordran.sandbox.clock_routes import AdvanceRequest, ClockRequest
from fordran.sandbox.payment_routes import AgencyPaymentRequest
from fordran.sandbox.reversal_routes import PaymentReversalRequest
from fordran.sandbox.routes import SANDBOX_ROUTES
from fordran.storage.case_views import CASES

GOLDEN = Path(__file__).parents[1] / "golden"
REGENERATE = (
    "the description has changed; if that is meant, run\n"
    "    python -m fordran.api.openapi > tests/golden/openapi.json"
)
DOCS_ROUTES = (docs.get_openapi, docs.get_docs, docs.get_docs_asset)
DOCUMENT = openapi_document(extra_paths=SANDBOX_PATHS)
OPERATIONS = {
    operation["operationId"]: operation
    for item in DOCUMENT["paths"].values()
    for operation in item.values()
}
NOW = 1_756_886_171
INPUT_MODELS = {
    "post_registration": CaseRegistrationRequest,
    "post_payment": CreditorPaymentRequest,
    "post_crediting": CreditorCreditingRequest,
    "post_cancellation": CreditorCancellationRequest,
    "post_payment_reversal": CreditorPaymentReversalRequest,
    "post_interest_reduction": InterestReductionRequest,
    "post_respite": RespiteRequest,
    "post_pause": PauseRequest,
    "patch_pause": ResumptionRequest,
    "post_dispute": DisputeRequest,
    "patch_dispute": DisputeOutcomeRequest,
    "post_agency_payment_reversal": PaymentReversalRequest,
    "post_agency_payment": AgencyPaymentRequest,
    "put_account_clock": ClockRequest,
    "advance_account_clock": AdvanceRequest,
}


def seed(name):
    return json.loads((GOLDEN / "seed" / f"{name}.json").read_text())


def nodes(value):
    yield value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in inside:
        yield from nodes(part)


def resolved(schema):
    while isinstance(schema, dict) and "$ref" in schema:
        found = DOCUMENT
        for name in schema["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        schema = found
    return schema


TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
    "integer": int,
    "number": (int, float),
}


def has_type(name, value):
    return isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool))


def misfits(schema, value, place="$"):
    """Say what of a value does not fit a schema, for the words that our schemas use."""
    schema = resolved(schema)
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(has_type(kind, value) for kind in kinds):
        return [f"{place}: {value!r} is not {kinds}"]
    found = []
    if "anyOf" in schema and all(misfits(part, value) for part in schema["anyOf"]):
        found.append(f"{place}: fits none")
    if "oneOf" in schema and sum(not misfits(part, value) for part in schema["oneOf"]) != 1:
        found.append(f"{place}: fits not exactly one")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{place}: {value!r} not in {schema['enum']}")
    if isinstance(value, str):
        found += text_misfits(schema, value, place)
    elif isinstance(value, dict):
        found += object_misfits(schema, value, place)
    elif isinstance(value, list):
        found += list_misfits(schema, value, place)
    elif has_type("number", value):
        found += number_misfits(schema, value, place)
    return found


def list_misfits(schema, value, place):
    found = []
    for index, item in enumerate(value):
        found += misfits(schema.get("items", {}), item, f"{place}[{index}]")
    if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
        found.append(f"{place}: {len(value)} items")
    return found


def text_misfits(schema, value, place):
    fits = re.search(schema.get("pattern", ""), value) and (
        schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
    )
    return [] if fits else [f"{place}: {value!r} does not fit {schema}"]


def object_misfits(schema, value, place):
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties", {})
    found = [f"{place}.{name}: missing" for name in schema.get("required", ()) if name not in value]
    for name, item in value.items():
        inside = properties.get(name, others)
        if inside is False:
            found.append(f"{place}.{name}: unknown")
        else:
            found += misfits(inside, item, f"{place}.{name}")
    return found


def number_misfits(schema, value, place):
    fits = schema.get("minimum", value) <= value <= schema.get("maximum", value)
    steps = value / schema.get("multipleOf", 1)
    whole = "multipleOf" not in schema or abs(steps - round(steps)) < 1e-6
    return [] if fits and whole else [f"{place}: {value!r} does not fit {schema}"]


def bodies():
    """Give every JSON body of the document: operation, which, schema, name, example."""
    for name, operation in OPERATIONS.items():
        parts = {**operation["responses"], "request": operation.get("requestBody", {})}
        for part_name, part in parts.items():
            content = resolved(part).get("content", {}).get("application/json", {})
            for example_name, example in content.get("examples", {}).items():
                yield name, part_name, content["schema"], example_name, example["value"]


def shown(operation, part):
    return [
        value for name, part_name, _, _, value in bodies() if (name, part_name) == (operation, part)
    ]


def test_openapi_document_equals_the_golden_file():
    assert openapi_bytes(extra_paths=SANDBOX_PATHS) == (GOLDEN / "openapi.json").read_bytes(), (
        REGENERATE
    )


def test_openapi_document_has_every_route_and_no_other():
    routes = {
        (re.sub(r":[a-z]+}", "}", path), method.lower(), handler.handler_name)
        for handler in (*PUBLIC_ROUTES, *TOKEN_ROUTES, *SANDBOX_ROUTES)
        if handler not in DOCS_ROUTES
        for path in handler.paths
        for method in handler.http_methods
        if method != "OPTIONS"
    }
    described = {
        (path, method, operation["operationId"])
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
    }
    assert described == routes


def test_openapi_document_without_extra_paths_has_nothing_of_the_sandbox():
    document = openapi_document()
    assert not set(SANDBOX_PATHS) & set(document["paths"])
    assert len(document["tags"]) == len(DOCUMENT["tags"]) - 1
    assert "sandbox--clocks" not in json.dumps(document)


def test_openapi_document_names_the_server_where_it_is_known():
    assert openapi_document()["servers"] == [{"url": "/"}]
    assert openapi_document("https://x.example/api/")["servers"] == [
        {"url": "https://x.example/api"}
    ]


def test_openapi_references_resolve_and_every_component_is_used():
    references = {
        node["$ref"] for node in nodes(DOCUMENT) if isinstance(node, dict) and "$ref" in node
    }
    for reference in references:
        assert resolved({"$ref": reference})
    used = {tuple(reference.split("/")[-2:]) for reference in references}
    components = {
        (kind, name)
        for kind, named in DOCUMENT["components"].items()
        for name in named
        if kind != "securitySchemes"
    }
    assert used == components


def test_openapi_operations_are_complete():
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert len(OPERATIONS) == sum(len(item) for item in DOCUMENT["paths"].values())
    for operation in OPERATIONS.values():
        assert operation["summary"]
        assert set(operation["tags"]) <= tags
        assert {name for needed in operation["security"] for name in needed} <= set(schemes)
        assert ("401" in operation["responses"]) == bool(operation["security"])
        assert {"500", "503"} <= set(operation["responses"])
        assert [code for code in operation["responses"] if code.startswith("2")]
        for code, response in operation["responses"].items():
            assert re.fullmatch("[2-5][0-9]{2}", code)
            assert resolved(response)["description"]
    for scheme in schemes.values():
        assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "X-API-Key")


def test_openapi_path_parameters_are_those_of_the_path():
    for path, item in DOCUMENT["paths"].items():
        for operation in item.values():
            parameters = [resolved(given) for given in operation.get("parameters", ())]
            in_path = [given for given in parameters if given["in"] == "path"]
            assert {given["name"] for given in in_path} == set(re.findall(r"{(\w+)}", path))
            assert all(given["required"] for given in in_path)
            assert all("schema" in given for given in parameters)


def test_openapi_token_routes_need_a_token_and_public_ones_do_not():
    for handler in (*TOKEN_ROUTES, *SANDBOX_ROUTES):
        assert OPERATIONS[handler.handler_name]["security"] == [{"AccessToken": []}]
    assert OPERATIONS["authenticate"]["security"] == [{"SignedRequest": []}]
    assert OPERATIONS["get_media"]["security"] == OPERATIONS["get_health"]["security"] == []


def test_openapi_answers_have_the_status_that_the_handlers_give():
    for name, operation in OPERATIONS.items():
        succeeds = {code for code in operation["responses"] if code.startswith("2")}
        makes = name.startswith("post_")
        assert succeeds == {"201" if makes else "200"}


@pytest.mark.parametrize(
    ("operation", "part", "name"),
    [
        ("post_registration", "request", "1-register-case.request"),
        ("post_registration", "201", "1-register-case.response"),
        ("post_media", "201", "2-upload-original-invoice.response"),
        ("get_case", "200", "3-case-in-debt-collection.response"),
        ("post_payment", "request", "4-creditor-payment.request"),
        ("post_payment", "201", "4-creditor-payment.response"),
        ("get_case", "200", "5-case-closed.response"),
    ],
)
def test_openapi_examples_have_the_documented_bodies(operation, part, name):
    assert seed(name) in shown(operation, part)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        pytest.param(schema, value, id=f"{operation}-{part}-{name}")
        for operation, part, schema, name, value in bodies()
    ],
)
def test_openapi_examples_fit_their_schemas(schema, value):
    assert misfits(schema, value) == []


def test_misfits_are_found():
    case = {"$ref": "#/components/schemas/Case"}
    for wrong in ({"state": "gone"}, {"_id": "x"}, {"transactions": [{}]}, {"currency": None}):
        assert misfits(case, openapi_examples.CASE | wrong)
    assert misfits({"$ref": "#/components/schemas/AddressRequest"}, {"street": "x"})


def test_openapi_every_json_body_has_an_example():
    for operation in OPERATIONS.values():
        for part in (*operation["responses"].values(), operation.get("requestBody", {})):
            content = resolved(part).get("content", {}).get("application/json")
            assert content is None or content["examples"]


def test_openapi_request_examples_are_accepted():
    for operation, model in INPUT_MODELS.items():
        examples = shown(operation, "request")
        assert examples
        for example in examples:
            decode(model, json.dumps(example).encode())


def test_openapi_request_schemas_have_the_fields_of_the_models():
    for operation in ("put_account_clock", "advance_account_clock"):
        content = OPERATIONS[operation]["requestBody"]["content"]["application/json"]
        assert set(content["schema"]["properties"]) == set(
            INPUT_MODELS[operation].__struct_fields__
        )


def test_openapi_input_fields_are_all_explained():
    schemas = input_schemas()
    assert {name: set(fields) for name, fields in FIELD_TEXTS.items()} == {
        name: set(schema["properties"]) for name, schema in schemas.items()
    }
    assert "decision" not in json.dumps(schemas)
    fields = schemas["CreditorPaymentRequest"]["properties"]
    assert fields["file_import_report"]["readOnly"], ReadOnly
    assert fields["amount"]["minimum"] == fields["amount"]["multipleOf"] == 0.01
    assert fields["amount"]["maximum"] == 9_999_999_999.99
    assert fields["case"]["type"] == ["string", "null"]


def test_openapi_errors_name_every_reason_with_its_status():
    table = DOCUMENT["components"]["schemas"]["Error"]["description"]
    for reason, failure in FAILURES.items():
        assert f"| `{reason}` | {failure.status} | {failure.message} |" in table
    for operation, part, _, name, value in bodies():
        if part.startswith(("4", "5")):
            assert value["_error"]["reason"] == name, operation
            assert value["_error"]["code"] == FAILURES[name].status == int(part)


def test_openapi_list_parameters_say_which_fields_and_limits_hold():
    where, sort, *_ = list_parameters(CASES.fields)
    for field in CASES.fields:
        assert f"`{field}`" in where["description"]
        assert f"`{field}`" in sort["description"]
    named = {given["name"]: given for given in DOCUMENT["components"]["parameters"].values()}
    assert named["max_results"]["schema"]["maximum"] == 100
    assert named["max_results"]["schema"]["default"] == 25
    for text in re.findall(r"`({\"_id\": \"[^`]*)`", where["description"]):
        assert read_query({"where": text}, CASES.fields).page.conditions
    (projection,) = re.findall("`({[^`]*})`", named["projection"]["description"])
    assert read_projection({"projection": projection}) == ("status", "debt.invoice_number")


def test_openapi_upload_form_takes_what_the_server_takes():
    form = OPERATIONS["post_media"]["requestBody"]["content"]["multipart/form-data"]
    assert form["encoding"]["file"]["contentType"] == ", ".join(CONTENT_TYPES)
    assert form["schema"]["properties"]["domain"]["enum"] == ["media--files", "cases"]


def test_openapi_signing_snippet_signs_a_request(tmp_path, monkeypatch, capsys):
    key = ECKey.generate_key("P-256")
    (tmp_path / "private-key.pem").write_bytes(key.as_pem(private=True))
    demo = {"api_code": "a-code", "private_key": "private-key.pem"}
    (tmp_path / "demo.json").write_text(json.dumps(demo))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.time", lambda: NOW + 0.5)
    exec(SIGNING_SNIPPET, {})
    claims = jwt.decode(capsys.readouterr().out.strip(), key, algorithms=["ES256"]).claims
    assert claims["api_code"] == "a-code"
    assert claims["exp"] == NOW + 600


def test_openapi_closed_case_keeps_the_open_one_as_it_was():
    unchanged = set(openapi_examples.CASE) - {"next_flow_item", "event_listeners"}
    assert unchanged < set(openapi_examples.CASE_CLOSED)
    assert seed("3-case-in-debt-collection.response") == openapi_examples.CASE


def client(**settings):
    gateway = SimpleNamespace(settings=ApiSettings(**settings))
    app = Litestar(list(DOCS_ROUTES), state=State({"gateway": gateway}), openapi_config=None)
    return TestClient(app)


def test_docs_document_is_of_the_server_that_serves_it():
    with client(is_sandbox=True) as sandbox, client(public_url="https://x.example/f") as real:
        assert sandbox.get("/openapi.json").json() == DOCUMENT
        assert real.get("/openapi.json").json() == openapi_document("https://x.example/f")


def test_docs_page_loads_only_assets_of_its_own_server():
    with client() as server:
        answer = server.get("/docs")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        addresses = re.findall(r'(?:src|href|data-document)="([^"]*)"', answer.text)
        assert len(addresses) == 8
        for address in addresses:
            assert address.startswith("/")
            assert server.get(address).status_code == 200
        assert not re.search(r"<script(?![^>]*src=)|<style|style=|\son\w+=", answer.text)


def test_docs_page_behind_a_path_has_addresses_below_it():
    with client(public_url="https://x.example/inkasso/") as server:
        assert 'src="/inkasso/docs/assets/start.js' in server.get("/docs").text


@pytest.mark.parametrize("name", sorted({*docs.SWAGGER_UI_FILES, *docs.OWN_FILES}))
def test_docs_asset_is_cached_by_its_content(name):
    with client() as server:
        answer = server.get(f"/docs/assets/{name}")
        assert answer.status_code == 200
        assert answer.content
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "immutable" in answer.headers["cache-control"]
        again = server.get(
            f"/docs/assets/{name}", headers={"If-None-Match": answer.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["index.html", "swagger-ui.js", "LICENSE", "..%2fcore.py", "%00"])
def test_docs_asset_that_is_not_listed_is_not_found(name):
    with client() as server:
        assert server.get(f"/docs/assets/{name}").status_code == 404


def test_docs_assets_name_no_request_to_another_host():
    assert "http" not in START_SCRIPT
    assert "validatorUrl: null" in START_SCRIPT


def test_docs_without_the_files_of_swagger_ui_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(docs, "SWAGGER_UI_PACKAGE", "no_such_package")
    with pytest.raises(docs.SwaggerUIMissing, match="no_such_package"):
        docs.asset.__wrapped__("swagger-ui.css")
