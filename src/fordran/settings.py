"""Settings: what the operator chose, from options and the environment."""

import os
from pathlib import Path

import msgspec
from platformdirs import user_data_path

from fordran.operations.context import Agency

DATA_DIR_VARIABLE = "FORDRAN_DATA_DIR"
DATABASE_URL_VARIABLE = "FORDRAN_DATABASE_URL"
BLOB_URL_VARIABLE = "FORDRAN_BLOB_URL"
PUBLIC_URL_VARIABLE = "FORDRAN_PUBLIC_URL"
UPLOAD_SIZE_MAX_VARIABLE = "FORDRAN_UPLOAD_SIZE_MAX"
POST_DIR_VARIABLE = "FORDRAN_POST_DIR"
AGENCY_VARIABLE = "FORDRAN_AGENCY_FILE"

UPLOAD_SIZE_MAX_DEFAULT = 20 * 1024 * 1024

DEMO_AGENCY = Agency(
    name="Exempel Inkasso AB",
    organization_no="5560000001",
    address_lines=("Exempelgatan 1", "111 22 Stockholm"),
    phone="08-000 00 00",
    email="inkasso@example.se",
    bankgiro="991-2346",
)
"""Who collects until the operator names the agency; no real company."""


class BadSetting(Exception):  # noqa: N818 - says what is wrong
    """A setting cannot be used; the message names it and the remedy."""


class Settings(msgspec.Struct, frozen=True):
    """Everything that an installation can be told from outside."""

    data_dir: Path
    database_url: str | None = None
    """None means the embedded PostgreSQL in the data directory."""
    blob_url: str | None = None
    """None means a folder in the data directory."""
    post_dir: Path | None = None
    """Where letters are handed over; None means a folder in the data directory."""
    public_url: str | None = None
    upload_size_max: int = UPLOAD_SIZE_MAX_DEFAULT
    is_sandbox: bool = False
    agency: Agency = DEMO_AGENCY


def default_data_dir() -> Path:
    """Return the platform's folder for the data of a service."""
    return user_data_path("fordran", appauthor=False)


def read_settings(
    data_dir: Path | None = None, *, is_sandbox: bool = False, public_url: str | None = None
) -> Settings:
    """Read the settings; an option given on the command line wins over the environment.

    Raises: BadSetting.
    """
    environment = os.environ
    chosen = data_dir or Path(environment.get(DATA_DIR_VARIABLE) or default_data_dir())
    return Settings(
        data_dir=chosen.expanduser().absolute(),
        database_url=environment.get(DATABASE_URL_VARIABLE) or None,
        blob_url=environment.get(BLOB_URL_VARIABLE) or None,
        post_dir=_folder(environment.get(POST_DIR_VARIABLE)),
        public_url=public_url or environment.get(PUBLIC_URL_VARIABLE) or None,
        upload_size_max=_size(environment.get(UPLOAD_SIZE_MAX_VARIABLE)),
        is_sandbox=is_sandbox,
        agency=_agency(environment.get(AGENCY_VARIABLE)),
    )


def _folder(text: str | None) -> Path | None:
    return Path(text).expanduser().absolute() if text else None


def _size(text: str | None) -> int:
    if not text:
        return UPLOAD_SIZE_MAX_DEFAULT
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise BadSetting(f"{UPLOAD_SIZE_MAX_VARIABLE} must be a number of bytes, such as 20971520.")
    return int(text)


def _agency(path: str | None) -> Agency:
    if not path:
        return DEMO_AGENCY
    try:
        return msgspec.json.decode(Path(path).read_bytes(), type=Agency)
    except (OSError, msgspec.MsgspecError) as error:
        raise BadSetting(f"{AGENCY_VARIABLE} names a file that cannot be used: {error}") from error
