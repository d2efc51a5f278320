"""Files and their digests: signed ones by their signature, all others salted (protocol section 3)."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from anchoring.digest import salted_digest, secured_digest
from anchoring.errors import MalformedDocument, NotSecured
from anchoring.strict_json import MAX_DOCUMENT_SIZE
from node.client.errors import Refused, Unusable

RECEIPT_SUFFIX = ".receipt.json"
_CHUNK = 1 << 20  # bytes
_MAX_NAMED = 5  # broken files that one message names


@dataclass(frozen=True, slots=True)
class Document:
    """One file as it is anchored; `salt` only where the file carries no signature of its own."""

    path: Path
    digest: bytes
    form: str
    salt: bytes | None = None


@dataclass(frozen=True, slots=True)
class Unsecured:
    """One file that needs a salt."""

    path: Path
    file_hash: bytes

    def salted(self, salt: bytes) -> Document:
        """The document under that salt."""
        digest = salted_digest(salt=salt, file_hash=self.file_hash)
        return Document(self.path, digest, "salted", salt)


def receipt_path(path: Path) -> Path:
    """Where the receipt of a file is kept: beside it."""
    return path.with_name(path.name + RECEIPT_SUFFIX)


def collect(paths: Iterable[Path]) -> list[Path]:
    """The files named and those in the folders named, sorted, each once, without receipts and dot files.

    Raises:
        Unusable: a path does not exist, or nothing is left.
    """
    found: set[Path] = set()
    for path in paths:
        if path.is_dir():
            found.update(_files_within(path))
        elif path.is_file():
            found.add(path)
        else:
            raise Unusable(f"{path} is neither a file nor a folder")
    if not found:
        raise Unusable("there is no file to anchor")
    return sorted(found)


def read_documents(paths: Iterable[Path]) -> Iterator[Document | Unsecured]:
    """Every file with its digest, or with its hash where it needs a salt.

    Raises:
        Unusable: a file cannot be read.
        Refused: a file claims a signature that its bytes do not have.
    """
    broken: list[str] = []
    for path in paths:
        try:
            yield read_document(path)
        except MalformedDocument as error:
            broken.append(f"{path}: {error}")
            if len(broken) == _MAX_NAMED:
                break
    if broken:
        raise Refused("cannot be anchored as they are: " + "; ".join(broken))


def read_document(path: Path) -> Document | Unsecured:
    """A file with its digest, or with its hash where it needs a salt.

    Raises:
        MalformedDocument: it claims a form that its bytes do not have.
        Unusable: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            start = file.read(MAX_DOCUMENT_SIZE + 1)
            if len(start) > MAX_DOCUMENT_SIZE:  # no credential is that large
                hasher = hashlib.sha256(start)
                while chunk := file.read(_CHUNK):
                    hasher.update(chunk)
                return Unsecured(path, hasher.digest())
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from None
    try:
        secured = secured_digest(start)
    except NotSecured:
        return Unsecured(path, hashlib.sha256(start).digest())
    return Document(path, secured.digest, secured.form)


def with_salts(
    documents: Iterable[Document | Unsecured],
    *,
    known: Mapping[bytes, bytes],
    random: Callable[[int], bytes],
) -> tuple[list[Document], dict[bytes, bytes]]:
    """The documents, and the salt of each file hash that needed one.

    Args:
        documents: as `read_documents` gives them.
        known: salts by file hash, from an earlier run; the same content always gets the same salt.
        random: the operating system's randomness.
    """
    salts: dict[bytes, bytes] = {}
    salted = []
    for document in documents:
        if isinstance(document, Document):
            salted.append(document)
            continue
        salt = salts.get(document.file_hash) or known.get(document.file_hash) or random(32)
        salts[document.file_hash] = salt
        salted.append(document.salted(salt))
    return salted, salts


def _files_within(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if not name.startswith(".") and not name.endswith(RECEIPT_SUFFIX) and path.is_file():
                yield path
