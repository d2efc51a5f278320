"""What commands print: rich for people, one JSON object for programs; foreign text is made harmless first."""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_MARKS = {"valid": ("✔", "bold green"), "invalid": ("✘", "bold red"), "indeterminate": ("?", "bold yellow")}
# What a terminal may take for a command and JSON lets pass: C1 controls, direction marks, separators, tags.
_COMMANDS = re.compile(
    "[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_UNBROKEN = 100_000  # columns


def console(*, stderr: bool = False) -> Console:
    """Where people read; plain text, as wide as it comes, where the output is no terminal."""
    drawn = Console(stderr=stderr, highlight=False, soft_wrap=True)
    if not drawn.is_terminal:  # a DID or a hash in two lines is found by no program
        drawn.width = _UNBROKEN
    return drawn


def counted(number: int, one: str, many: str = "") -> str:
    """The number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def harmless(text: object) -> str:
    """The text without control characters: a name from a node must not move the cursor."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in str(text))


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object on standard output; other scripts as they are where the output can take them."""
    escaped = "utf" not in (sys.stdout.encoding or "").lower()
    text = json.dumps(value, indent=2, ensure_ascii=escaped, default=str)
    sys.stdout.write(_COMMANDS.sub(lambda found: json.dumps(found[0])[1:-1], text) + "\n")


def say(text: object, *, style: str = "", stderr: bool = False) -> None:
    """One line for people."""
    console(stderr=stderr).print(Text(harmless(text), style=style))


def mark(outcome: str, sentence: str) -> None:
    """A sentence with the sign of its outcome."""
    sign, style = _MARKS[outcome]
    console().print(Text.assemble((f"{sign} ", style), harmless(sentence)))


def hanging(lead: str, text: object, *, style: str = "") -> None:
    """One paragraph for people, whose further lines stand under the first one's words."""
    printed = console()
    if not printed.is_terminal:
        printed.print(Text(lead + harmless(text), style=style))
        return
    drawn = Table.grid()
    drawn.add_column(no_wrap=True)
    drawn.add_column(overflow="fold")
    drawn.add_row(Text(lead, style=style), Text(harmless(text), style=style))
    printed.print(drawn)


def draw(drawn: Table) -> None:
    """The table is printed; where the output is no terminal, without blanks at the ends of its lines."""
    printed = console()
    if printed.is_terminal:
        printed.print(drawn)
        return
    with printed.capture() as captured:
        printed.print(drawn)
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def table(columns: Iterable[str], rows: Iterable[Iterable[object]], *, title: str = "") -> None:
    """A table for people."""
    drawn = Table(title=harmless(title) or None, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(harmless("" if cell is None else cell)) for cell in row))
    draw(drawn)
