"""Lines of CSV (RFC 4180) that a spreadsheet takes for text: no cell of theirs is a formula."""

import csv
import io
from collections.abc import Iterable

HEADING = (
    *("index", "time", "kind", "issuer", "sentence", "subject", "previous", "actor", "parent", "hash"),
    *("blockNumber", "transactionHash", "fields", "payload"),
)
"""The members of an item of `/v1/history`, the ones that people read first; `fields` is JSON."""
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What spreadsheets take for the beginning of a formula (OWASP, CSV injection)."""


def csv_line(cells: Iterable[str]) -> bytes:
    """Return one line, with an apostrophe before whatever could be taken for a formula."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow(map(_harmless, cells))
    return line.getvalue().encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell
