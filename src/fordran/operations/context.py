"""What operations work with: handed in by the composition root, never reached for."""

import msgspec

from fordran.domain.books_chart import BooksChart
from fordran.operations.clock import Clock
from fordran.operations.randomness import Randomness
from fordran.outside.post_folder import PostFolder
from fordran.storage.blobs import BlobStore
from fordran.storage.database import Database


class Agency(msgspec.Struct, frozen=True):
    """The collecting agency as its letters name it."""

    name: str
    organization_no: str
    address_lines: tuple[str, ...]
    phone: str
    email: str
    bankgiro: str
    website: str = ""
    chart: BooksChart = BooksChart()
    """The accounts that bookkeeping files name."""


class Context(msgspec.Struct, frozen=True):
    """The installation's parts."""

    database: Database
    blobs: BlobStore
    clock: Clock
    randomness: Randomness
    agency: Agency
    post: PostFolder | None = None
    """Where letters are handed over; None where no letter leaves the server."""
