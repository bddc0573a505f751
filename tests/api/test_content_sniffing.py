import pytest
from hypothesis import given
from hypothesis import strategies as st

from fordran.api.content_sniffing import sniff_content_type

BITMAP = b"BM" + (70).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
BITMAP += (40).to_bytes(4, "little")


@pytest.mark.parametrize(
    ("head", "content_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"%PDF-2.0 <html>", "application/pdf"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (BITMAP, "image/bmp"),
        (b"", None),
        (b"%", None),
        (b"\n%PDF-1.7", None),
        (b"\xef\xbb\xbf%PDF-1.7", None),
        (b"<html>%PDF-1.7", None),
        (b"\x89PNG\n\x1a\n", None),
        (b"GIF88a", None),
        (b"BM", None),
        (b"BMW 320, 2019, well kept, one owner", None),
        (BITMAP[:-1], None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
        (b"MZ\x90\x00", None),
        (b"PK\x03\x04", None),
    ],
)
def test_sniff_content_type_goes_by_the_first_bytes(head, content_type):
    assert sniff_content_type(head) == content_type


@given(st.binary(max_size=600))
def test_sniff_content_type_never_fails(head):
    assert sniff_content_type(head) in {
        None,
        "application/pdf",
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/bmp",
    }
