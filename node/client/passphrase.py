"""Where a passphrase may come from: a file, the environment, a prompt; never an argument, seen in `ps`."""

from collections.abc import Callable, Mapping
from pathlib import Path

from node.client.errors import PassphraseMissing

FILE_VARIABLE = "ANKYRA_PASSPHRASE_FILE"
VARIABLE = "ANKYRA_PASSPHRASE"
_MAX_SIZE = 4096


def read_passphrase(
    *, file: Path | None, environment: Mapping[str, str], prompt: Callable[[], str] | None
) -> str:
    """The passphrase from the first source that is given: `file`, the two variables, the prompt.

    Args:
        file: its first line is taken, without the line break.
        environment: `ANKYRA_PASSPHRASE_FILE` (a path) goes before `ANKYRA_PASSPHRASE`.
        prompt: asks a person; `None` where nobody can answer.

    Raises:
        PassphraseMissing: no source, an unreadable file, an empty or oversized passphrase.
    """
    named = file or (Path(environment[FILE_VARIABLE]) if environment.get(FILE_VARIABLE) else None)
    if named is not None:
        return _checked(_first_line(named), source=str(named))
    if VARIABLE in environment:
        return _checked(environment[VARIABLE], source=VARIABLE)
    if prompt is None:
        raise PassphraseMissing(
            f"no passphrase: give --passphrase-file, or set {FILE_VARIABLE} or {VARIABLE}"
        )
    return _checked(prompt(), source="the prompt")


def _first_line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            line = file.readline(_MAX_SIZE + 2)
        return line.decode().rstrip("\r\n")
    except OSError as error:
        raise PassphraseMissing(f"cannot read the passphrase file {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise PassphraseMissing(f"the passphrase file {path} is not UTF-8") from None


def _checked(passphrase: str, *, source: str) -> str:
    if not passphrase:
        raise PassphraseMissing(f"the passphrase from {source} is empty")
    if len(passphrase) > _MAX_SIZE:
        raise PassphraseMissing(f"the passphrase from {source} is longer than {_MAX_SIZE} characters")
    return passphrase
