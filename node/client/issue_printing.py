"""JSON of many credentials that share most of what they say: what was printed once is not printed again."""

import json
from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any, Final

_MOST_KEPT: Final = 512
_MOST_MET: Final = 2048

Shape = tuple[int, ...] | None
"""How lists and objects lie in one another, and which of them are shared; None if that is not known."""
_OBJECT, _LIST, _END = -1, -2, -3


_STAND_IN: Final = "\0"
"""What JSON never has in it but escaped."""


class SharedPrinter:
    """Prints what `json.dumps` would in the fewest bytes, for objects that nobody changes later.

    A dict or list that is the very same as one in a credential shortly before is taken for a part of many,
    and its text is kept, under a number of its own.
    """

    def __init__(self) -> None:
        """Nothing was printed yet."""
        self._kept: dict[int, tuple[object, bytes, int]] = {}
        self._numbers = 0
        self._names: dict[str, str] = {}
        self._met: dict[int, object] = {}
        self._shape: list[int] = []
        self._shared: list[bytes] = []

    def print(self, members: Mapping[str, Any]) -> tuple[bytes, Shape]:
        """The JSON of a credential, or of claims about one, in UTF-8, and its shape.

        Raises:
            ValueError: it holds a text or a number that JSON has not.
            TypeError: it holds something else.
        """
        self._shape, self._shared = [], []
        if len(self._met) >= _MOST_MET:
            self._met.clear()
        own = self._object(members).encode().split(_STAND_IN.encode())
        pieces = [b""] * (2 * len(own) - 1)
        pieces[::2], pieces[1::2] = own, self._shared
        return b"".join(pieces), tuple(self._shape)

    def _object(self, members: Mapping[str, Any]) -> str:
        names, name_of, value_of = self._names, self._name, self._value
        printed = [
            (names.get(name) or name_of(name))
            + (encode_basestring(value) if type(value) is str else value_of(value))
            for name, value in members.items()
        ]
        return f"{{{','.join(printed)}}}"

    def _name(self, name: str) -> str:
        """The name of a member as it is printed; templates have few, and rows give none."""
        self._names[name] = f"{encode_basestring(name)}:"
        return self._names[name]

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
        if kept is None and self._met.get(place) is value:
            kept = self._keep(value)
        if kept is not None:  # and so it is that very object, which cannot go while it is kept
            self._shape.append(kept[2])
            self._shared.append(kept[1])
            return _STAND_IN
        self._met[place] = value
        self._shape.append(_OBJECT if kind is dict else _LIST)
        text = self._object(value) if kind is dict else f"[{','.join([self._value(one) for one in value])}]"
        self._shape.append(_END)
        return text

    def _keep(self, value: object) -> tuple[object, bytes, int]:
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._numbers += 1
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        kept = self._kept[id(value)] = value, text, self._numbers
        return kept
