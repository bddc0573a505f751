"""A large file passes through a real server without ever being in its memory as a whole."""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from fordran.storage.engine import destroy_cluster
from tests.cli.registrations import registration
from tests.cli.server_process import ServerProcess, demo_client

pytestmark = [
    pytest.mark.xdist_group("upload-memory"),
    pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc"),
]

MEBIBYTE = 1024 * 1024
SIZE = 60 * MEBIBYTE
GROWTH_MAX = 40 * MEBIBYTE


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    data_dir = tmp_path / "data"
    try:
        limit = str(SIZE + MEBIBYTE)
        with ServerProcess(data_dir, "--sandbox", FORDRAN_UPLOAD_SIZE_MAX=limit) as server:
            yield server
    finally:
        destroy_cluster(data_dir)


def peak(server: ServerProcess) -> int:
    """Return the most memory that the server's processes have had, in bytes."""
    peaks = 0
    for pid in server.family(with_postgres=False):
        status = Path(f"/proc/{pid}/status").read_text()
        peaks += int(status.partition("VmHWM:")[2].split()[0]) * 1024
    return peaks


def form_of(content_size: int, digest: "hashlib._Hash") -> Iterator[bytes]:
    """Return a form with a PDF of so many bytes, a piece at a time."""
    for name, value in (("domain", "cases"), ("dotted_path", "original_invoice")):
        yield f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    yield b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    piece = b"%PDF-1.4\n".ljust(64 * 1024)
    for _ in range(content_size // len(piece)):
        digest.update(piece)
        yield piece
    yield b"\r\n--edge--\r\n"


def test_memory_does_not_grow_with_the_file(server: ServerProcess) -> None:
    with demo_client(server.data_dir) as (client, world):
        clock = f"/sandbox--clocks/{world['account']}"
        client.put(clock, {"now": "Wed, 03 Sep 2025 07:56:11 GMT"})
        body = registration(world["account"], world["creditor"], "INV-1")
        case_id = client.post("/case--registrations", body).json()["_cases"][0]

        def upload(size: int) -> tuple[str, str]:
            digest = hashlib.sha256()
            answer = client.session.post(
                f"{client.base_url}/media--upload/{case_id}",
                data=form_of(size, digest),
                headers={"Content-Type": "multipart/form-data; boundary=edge"},
                timeout=120,
            )
            assert answer.status_code == 201, answer.text
            return answer.json()["url"], digest.hexdigest()

        upload(MEBIBYTE)
        before = peak(server)
        url, sent = upload(SIZE)
        assert peak(server) - before < GROWTH_MAX
        assert client.get(f"/cases/{case_id}").json()["original_invoice"]["size"] == SIZE
        served = hashlib.sha256()
        with requests.get(url, stream=True, timeout=120) as answer:
            for piece in answer.iter_content(MEBIBYTE):
                served.update(piece)
        assert served.hexdigest() == sent
        assert peak(server) - before < GROWTH_MAX
