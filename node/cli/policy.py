"""A policy in a file: which checks of a verdict shall be shown and not decide."""

from pathlib import Path

from did.errors import InvalidJson
from did.json_text import parse_object
from node.client.errors import Unusable

_MAX_FILE = 64 * 1024  # bytes


def read_policy(path: Path) -> frozenset[str]:
    """The names of the checks that the policy relaxes; whether there are such checks is for others to say.

    Raises:
        Unusable: the file cannot be read, or is not `{"relax": [names]}`.
    """
    try:
        with path.open("rb") as file:
            members = parse_object(file.read(_MAX_FILE + 1), max_bytes=_MAX_FILE)
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from None
    except InvalidJson as error:
        raise Unusable(f"{path} is no policy: {error.reason}") from None
    names = members.get("relax")
    if (
        members.keys() != {"relax"}
        or not isinstance(names, list)
        or not all(isinstance(n, str) for n in names)
    ):
        raise Unusable(f'{path} is no policy: write {{"relax": ["schema"]}}')
    return frozenset(names)
