"""Learners' rows of one JSON list, read as it comes: never more than a few rows of it are held."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Final

from node.client.learner_row import MAX_ROW, TOO_LONG, LearnerRow, row_of_json

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_OUTSIDE: Final = re.compile(r'["\[\]{},]')
_INSIDE: Final = re.compile(r'["\\\n]')
_DECODER: Final = json.JSONDecoder()


class _Window:
    """The part of a text that is looked at: at least one row of it, unless the text ends before."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
        self._ended = False
        self.text = ""
        self.place = 0
        self.gone = 0
        self.line = 1

    def fill(self) -> None:
        """There is one row's length ahead, or all that is left."""
        while not self._ended and len(self.text) - self.place <= MAX_ROW + 1:
            chunk = next(self._chunks, b"")
            self._ended = not chunk
            self.text = self.text[self.place :] + self._decoder.decode(chunk, final=self._ended)
            self.gone, self.place = self.gone + self.place, 0

    def go(self, place: int) -> None:
        """Everything before `place` is done with."""
        self.line += self.text.count("\n", self.place, place)
        self.place = place

    def ahead(self) -> str:
        """The next character that is no white space; empty at the end."""
        while True:
            self.fill()
            found = _SPACE.match(self.text, self.place)
            assert found is not None
            self.go(found.end())
            if self.place < len(self.text) or self._ended:
                return self.text[self.place : self.place + 1]

    def skip_element(self) -> None:
        """What ends an element comes next: a comma, a bracket, the end of the text, or of a line in a text.

        No text of JSON has a line's end in it, so that one broken text spoils the rest of its line alone.
        """
        depth, inside = 0, False
        while True:
            self.fill()
            found = (_INSIDE if inside else _OUTSIDE).search(self.text, self.place)
            if found is None:
                self.go(len(self.text))
                if self._ended:
                    return
                continue
            sign = found[0]
            if not inside and not depth and sign in ",]":
                self.go(found.start())
                return
            if sign == "\\" and found.end() == len(self.text) and not self._ended:
                self.go(found.start())
                continue
            self.go(min(found.end() + (sign == "\\"), len(self.text)))
            if sign == "\n":
                return
            if inside or sign == '"':
                inside = sign == "\\" or not inside
            else:
                depth = max(depth + (sign in "[{") - (sign in "]}"), 0)


def read_list(chunks: Iterator[bytes]) -> Iterator[LearnerRow]:
    """The objects of a JSON list; what is none has a fault, and the rest goes on after the next comma.

    Args:
        chunks: the file in pieces of any size; its first character is `[`.
    """
    window = _Window(chunks)
    window.ahead()
    window.go(window.place + 1)
    if window.ahead() != "]":
        yield from _elements(window)
    if window.ahead() != "]":
        yield LearnerRow(window.line, {}, "the list of rows is not closed")
        return
    window.go(window.place + 1)
    if window.ahead():
        yield LearnerRow(window.line, {}, "there is something after the list of rows")


def _elements(window: _Window) -> Iterator[LearnerRow]:
    following = window.ahead()
    while following:
        yield _element(window)
        following = window.ahead()
        if following == "]":
            return
        if following == ",":
            window.go(window.place + 1)
            following = window.ahead()


def _element(window: _Window) -> LearnerRow:
    """The row that comes next; after it comes a comma, the list's end, or the text's."""
    number, start, before = window.line, window.place, window.gone + window.place
    try:
        _, end = _DECODER.raw_decode(window.text, start)
    except (ValueError, RecursionError) as error:
        window.skip_element()
        fault = f"no JSON object: {getattr(error, 'msg', 'nested too deeply, or a number too long')}"
        long = window.gone + window.place - before > MAX_ROW
        return LearnerRow(number, {}, TOO_LONG if long else fault)
    text = window.text[start:end]
    window.go(end)
    if window.ahead() not in {"", ",", "]"}:
        window.skip_element()
        return LearnerRow(number, {}, "something stands between this row and the next comma")
    return row_of_json(number, text)
