"""Photographs of QR codes, true and false."""

import io
import struct
import zlib
from typing import Any, cast

import zxingcpp
from PIL import Image


def code(text: str, *, scale: int = 4) -> Image.Image:
    """The QR code that says `text`, in grey."""
    made = zxingcpp.write_barcode_to_image(
        zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode), scale=scale
    )
    dots = memoryview(cast("Any", made))
    assert dots.shape is not None
    return Image.frombytes("L", (dots.shape[1], dots.shape[0]), bytes(dots))


def photograph(*texts: str, kind: str = "PNG", mode: str = "RGB") -> bytes:
    """A picture with these codes side by side, on a table that is a little darker than they are."""
    codes = [code(text) for text in texts]
    width = sum(one.width + 60 for one in codes) + 60
    table = Image.new("L", (width, max((one.height for one in codes), default=100) + 120), 200)
    at = 60
    for one in codes:
        table.paste(one, (at, 60))
        at += one.width + 60
    return encoded(table.convert(mode), kind)


def encoded(image: Image.Image, kind: str) -> bytes:
    """The image as a file of that kind."""
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def bomb(*, width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it is so large, and whose rows would be."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(1024 * 1024), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def texts_bomb() -> bytes:
    """A small PNG with texts that would take a gibibyte once inflated."""
    good = photograph("x")
    packed = zlib.compress(bytes(64 * 1024 * 1024), 9)
    text = b"note\0\0" + packed
    made = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    return good[:33] + made * 16 + good[33:]
