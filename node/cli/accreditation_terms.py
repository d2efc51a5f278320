"""What an accreditation covers, as it is typed: options, and what they come to."""

import re
from pathlib import Path
from typing import Annotated

import typer

from node.cli.context import moment, present
from node.client.accreditation_credential import ANYWHERE_IN_EUROPE, AccreditedFor, check_terms
from node.client.errors import PaperRefused, Unusable
from node.client.onboard import Terms

Name = Annotated[str | None, typer.Option("--name", help="Name of the organisation, as you state it.")]
Schemas = Annotated[
    list[str] | None,
    typer.Option("--schema", help="Schema id (z…) that the accreditation covers; may be repeated."),
]
Types = Annotated[list[str] | None, typer.Option("--type", help="Credential type covered; may be repeated.")]
Jurisdictions = Annotated[
    list[str] | None,
    typer.Option(
        "--jurisdiction", help="Where: LTU, or a URI; may be repeated [default: EUR, all of Europe]."
    ),
]
ValidUntil = Annotated[
    str | None,
    typer.Option("--valid-until", "--expires", help="End of the accreditation, such as 2031-12-31."),
]

_AUTHORITY = ANYWHERE_IN_EUROPE.removesuffix("EUR")
_CODE = re.compile(r"[A-Z]{3}")
_MAX_FILE = 64 * 1024  # bytes


def terms_of(
    name: str | None,
    schemas: list[str] | None,
    types: list[str] | None,
    jurisdictions: list[str] | None,
    valid_until: str | None,
) -> Terms | None:
    """The terms that were typed; None if none were.

    Raises:
        Unusable: some of them are missing, or are none.
    """
    if not any((name, schemas, types, jurisdictions, valid_until)):
        return None
    if not name or not valid_until or not schemas or not types:
        raise Unusable("give --name, --schema, at least one --type, and --valid-until")
    limits = tuple(_jurisdiction(text) for text in jurisdictions or ["EUR"])
    covered = [AccreditedFor(schema, tuple(types), limits) for schema in schemas]
    expires = moment(valid_until)
    check_terms(name=name, accredited_for=covered, expires=expires, now=present())
    return Terms(name, covered, expires)


def jwt_in(path: Path) -> str:
    """The JWT in a file.

    Raises:
        Unusable: the file cannot be read.
        PaperRefused: it holds something else.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE + 1)
        if len(content) > _MAX_FILE:
            raise PaperRefused(f"{path} is no JWT: it is larger than {_MAX_FILE} bytes")
        return content.decode("ascii").strip()
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise PaperRefused(f"{path} is no JWT") from None


def _jurisdiction(text: str) -> str:
    if _CODE.fullmatch(text):
        return _AUTHORITY + text
    if "://" not in text or not text.isprintable() or not text.isascii():
        raise Unusable(f"`{text}` is no jurisdiction: write LTU, EUR or a URI")
    return text
