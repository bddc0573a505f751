"""Interactive documentation."""

from litestar import get
from litestar.params import FromPath


@get("/openapi.json", sync_to_thread=False)
def get_openapi() -> str:
    return ""


@get("/docs", sync_to_thread=False)
def get_docs() -> str:
    return ""


@get("/docs/assets/{name:str}", sync_to_thread=False)
def get_docs_asset(name: FromPath[str]) -> str:
    return name
