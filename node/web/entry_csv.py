"""Lines of CSV (RFC 4180) that a spreadsheet takes for text: no cell of theirs is a formula."""

import csv
import io
import re
from collections.abc import Iterable

HEADING = (
    *("index", "time", "kind", "issuer", "sentence", "subject", "previous", "actor", "parent", "hash"),
    *("blockNumber", "transactionHash", "fields", "payload"),
)
"""The members of an item of `/v1/history`, the ones that people read first; `fields` is JSON."""
_FORMULA = re.compile(r"(^|[;\t\r\n] *)(?=[=+\-@\t\r])")
"""Where spreadsheets could take what follows for a formula (OWASP, CSV injection).

Where the reader's computer separates lists by semicolons, a cell may begin behind each one, and behind the
other ends of cells and lines that a program may see within quotes.
"""


def csv_line(cells: Iterable[str]) -> bytes:
    """Return one line in quotes, with an apostrophe before whatever could be taken for a formula."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerow(map(_harmless, cells))
    return line.getvalue().encode()


def _harmless(cell: str) -> str:
    return _FORMULA.sub(r"\1'", cell)
