"""The demo's original invoice: a real PDF of one page, written by hand."""

_CONTENT = b"""BT /F1 20 Tf 60 770 Td (Faktura INV-2025-003) Tj ET
BT /F1 11 Tf 60 735 Td (Exempelbolaget AB, Exempelv\\344gen 2, 111 22 Stockholm) Tj ET
BT /F1 11 Tf 60 705 Td (Till: ACME Inc., Storgatan 42, 123 45 Stockholm) Tj ET
BT /F1 11 Tf 60 675 Td (Fakturadatum 2025-07-07. Att betala senast 2025-08-07.) Tj ET
BT /F1 11 Tf 60 640 Td (Services) Tj 330 0 Td (2 000,00 kr) Tj ET
60 628 m 450 628 l S
BT /F1 13 Tf 60 605 Td (Att betala) Tj 330 0 Td (2 000,00 kr) Tj ET"""


def demo_invoice() -> bytes:
    """Return the invoice as a PDF; always the same bytes."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (sv) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(_CONTENT), _CONTENT),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    pdf = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table_at = len(pdf)
    pdf += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    pdf += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    pdf += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    pdf += b"startxref\n%d\n%%%%EOF\n" % table_at
    return bytes(pdf)
