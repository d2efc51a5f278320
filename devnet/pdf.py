"""A PDF of one page of text, as small as ISO 32000-1 lets it be: a document that carries no signature."""

from __future__ import annotations

from collections.abc import Sequence

_HEADER = b"%PDF-1.4\n%\xc3\xa9\xc3\xa9\n"  # bytes above 127 say that the file is binary (section 7.5.2)
_LEFT, _TOP, _LEADING = 72, 740, 22  # points


def one_page(lines: Sequence[str]) -> bytes:
    """Return a PDF file that shows `lines`, the first one larger (ISO 32000-1 section 7.5).

    Args:
        lines: characters of ISO 8859-1; others are shown as `?`.
    """
    content = _content(lines)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        font,
        b"<< /Font << /F1 5 0 R >> >>",
    )
    file = bytearray(_HEADER)
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(file)


def _content(lines: Sequence[str]) -> bytes:
    shown = [b"BT", b"%d TL" % _LEADING, b"%d %d Td" % (_LEFT, _TOP)]
    for place, line in enumerate(lines):
        shown.append(b"/F1 %d Tf" % (12 if place else 18))
        shown.append(b"(%s) Tj T*" % _literal(line))
    return b"\n".join([*shown, b"ET"])


def _literal(text: str) -> bytes:
    escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
    return escaped.encode("latin-1", "replace")
