"""Ledger accounts, loaded without keyfiles and with the interpreter's recursion limit put back.

`eth_account` brings in `eth_keyfile`, and that a pairing library, which computes tables as it loads and lifts
the limit to 100,000. With it a few hundred kilobytes of nested JSON overflow the C stack and end the process,
where Python would have raised `RecursionError`. Keys at rest are the keystore's matter here: until somebody
asks an account for a keyfile, names stand in for that library.
"""

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

RECURSION_LIMIT = 3_000

_KEYFILES = "eth_keyfile"
_FORMS = f"{_KEYFILES}.keyfile"


def _when_asked(name: str) -> Callable[..., Any]:
    """The function of that name, whose library is loaded by the first call."""

    def call(*arguments: object, **options: object) -> object:
        library = importlib.import_module(_KEYFILES)
        _limit_recursion()
        return getattr(library, name)(*arguments, **options)

    return call


def _limit_recursion() -> None:
    sys.setrecursionlimit(min(sys.getrecursionlimit(), RECURSION_LIMIT))


@contextmanager
def _keyfiles_when_asked() -> Iterator[None]:
    """What is loaded within takes the stand-ins for `eth_keyfile`, unless the real one is there already."""
    if _KEYFILES in sys.modules:
        yield
        return
    keyfiles, forms = ModuleType(_KEYFILES), ModuleType(_FORMS)
    for name in ("create_keyfile_json", "decode_keyfile_json"):
        setattr(keyfiles, name, _when_asked(name))
    forms.KDFType = str  # type: ignore[attr-defined]  # a name for annotations
    stand_ins = {_KEYFILES: keyfiles, _FORMS: forms}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name in stand_ins:
            del sys.modules[name]


with _keyfiles_when_asked():
    from eth_account import Account

_limit_recursion()

__all__ = ["RECURSION_LIMIT", "Account"]
