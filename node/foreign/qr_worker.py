"""A process that reads QR codes: `ready`, then one JSON line in, one JSON line out, until its input ends.

Asked `{"picture": base64}`, it answers `{"texts": [text, …]}`, what each QR code in the picture says, or
`{"refused": sentence}`. Only JPEG, PNG and WebP are decoded, once their own size says that they are not too
large; it opens no file and no connection.
"""

import base64
import io
from typing import Any, Final

import zxingcpp
from PIL import Image, ImageFile, PngImagePlugin

from node.foreign.worker_loop import bounded, serve

FORMATS: Final = ("JPEG", "PNG", "WEBP")
MAX_PIXELS: Final = 40_000_000
"""Of one picture: the largest that most telephones take; in grey that is as many bytes."""
MEMORY_BYTES: Final = 1024**3
"""Addresses."""
MAX_CODES: Final = 16
"""Codes of one picture that are told."""
MAX_TEXT: Final = 8192
"""Characters of one code: no QR code holds more than 7,089."""
_CODES: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_TOO_LARGE: Final = f"The picture has more than {MAX_PIXELS // 1_000_000} megapixels."
_UNREADABLE: Final = "The picture cannot be read: it has to be a JPEG, a PNG or a WebP, and whole."


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """What the codes in a picture say, or why it cannot be read."""
    try:
        pixels = _grey(base64.b64decode(asked["picture"]))
        codes = zxingcpp.read_barcodes(pixels, formats=_CODES)
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {"refused": _TOO_LARGE}
    except Exception:  # noqa: BLE001 - decoders raise what they like over strangers' bytes
        return {"refused": _UNREADABLE}
    return {"texts": [code.text[:MAX_TEXT] for code in codes[:MAX_CODES] if code.text]}


def _grey(picture: bytes) -> Image.Image:
    """The first frame in grey, on white where it is transparent; too large a one is not begun."""
    with Image.open(io.BytesIO(picture), formats=FORMATS) as opened:
        if opened.width * opened.height > MAX_PIXELS:
            raise Image.DecompressionBombError
        opened.draft("L", opened.size)  # a JPEG's colours are then not decoded at all
        if "A" not in opened.getbands() and "transparency" not in opened.info:
            return opened.convert("L")
        whole = opened.convert("RGBA")
        ground = Image.new("L", whole.size, 255)
        ground.paste(whole.convert("L"), mask=whole.getchannel("A"))
        return ground


def main() -> None:
    """Answer until the input ends."""
    bounded(MEMORY_BYTES)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    PngImagePlugin.MAX_TEXT_MEMORY = 1024 * 1024
    serve(answer)


if __name__ == "__main__":
    main()
