"""JSON of many credentials that share most of what they say: what was printed once is not printed again."""

import json
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any, Final

_MOST_KEPT: Final = 4096

Shape = tuple[int, ...] | None
"""How lists and objects lie in one another, and which of them are shared; None if that is not known."""
_OBJECT, _LIST, _END = -1, -2, -3


class SharedPrinter:
    """Prints what `json.dumps` would in the fewest bytes, for objects that nobody changes later.

    A dict or list that is the very same as one in the credential before is taken for a part of all of them,
    and its text is kept, under a number of its own.
    """

    def __init__(self) -> None:
        """Nothing was printed yet."""
        self._kept: dict[int, tuple[object, str, int]] = {}
        self._numbers = 0
        self._before: dict[int, object] = {}
        self._met: dict[int, object] = {}
        self._shape: list[int] = []

    def print(self, members: Mapping[str, Any]) -> tuple[bytes, Shape]:
        """The JSON of a credential, or of claims about one, in UTF-8, and its shape.

        Raises:
            ValueError: it holds a text or a number that JSON has not.
            TypeError: it holds something else.
        """
        self._met, self._shape = {}, []
        text = self._object(members).encode()
        self._before = self._met
        return text, tuple(self._shape)

    def _object(self, members: Mapping[str, Any]) -> str:
        printed = [
            f"{encode_basestring(name)}:"
            f"{encode_basestring(value) if type(value) is str else self._value(value)}"
            for name, value in members.items()
        ]
        return f"{{{','.join(printed)}}}"

    def _value(self, value: Any) -> str:
        kind = type(value)
        if kind is str:
            return encode_basestring(value)
        if kind is int:
            return int.__repr__(value)
        if kind is not dict and kind is not list:
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        place = id(value)
        kept = self._kept.get(place)
        if kept is not None:  # and so it is that very object, which cannot go while it is kept
            self._shape.append(kept[2])
            return kept[1]
        self._shape.append(_OBJECT if kind is dict else _LIST)
        text = self._object(value) if kind is dict else self._list(value)
        self._shape.append(_END)
        if self._before.get(place) is value:
            self._keep(value, text)
        else:
            self._met[place] = value
        return text

    def _list(self, values: list[Any]) -> str:
        return f"[{','.join([self._value(value) for value in values])}]"

    def _keep(self, value: object, text: str) -> None:
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._numbers += 1
        self._kept[id(value)] = value, text, self._numbers
