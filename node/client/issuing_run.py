"""A run that issues credentials with places in status lists: cut off and done again, it has the same places.

A place is lost if its run cannot go on, and given out twice if a run that was done goes on. What the profile
notes just before the credentials' folder gets its name tells the one from the other.
"""

import contextlib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from node.client.begun import Begun
from node.client.credential_payloads import Payload
from node.client.errors import MalformedDraft
from node.client.issuer import Issuer
from node.client.status_lists import settle_run


@dataclass(frozen=True, slots=True)
class IssuingRun:
    """One run.

    Attributes:
        name: under which places are reserved; random.
        temporary: the folder that becomes the credentials' folder.
        lists: status lists in which it has places.
        begun: where it is kept; None for a run without places, which needs no memory.
        was_to_be_written: whether the last thing known of it is that its folder was about to get its name.
    """

    name: str
    temporary: Path
    lists: tuple[str, ...] = ()
    begun: Begun | None = None
    was_to_be_written: bool = False

    @classmethod
    def without_places(cls, out: Path) -> "IssuingRun":
        """A run whose credentials have no status."""
        name = uuid4().hex
        return cls(name, _temporary(out, name))

    @classmethod
    def of(
        cls, folder: Path, payloads: Sequence[Payload], *, out: Path, lists: Sequence[str]
    ) -> "IssuingRun":
        """The run that was begun with these payloads, or a new one.

        Args:
            folder: of the profile.
            payloads: what the credentials shall say.
            out: where they shall be.
            lists: names of status lists.

        Raises:
            MalformedDraft: what is kept of a run cannot be read.
        """
        said = json.dumps([[payload.name, payload.members] for payload in payloads], sort_keys=True)
        digest = hashlib.sha256(said.encode()).hexdigest()
        begun = Begun(folder, "issue", str(out.absolute()), digest, *lists)
        kept = begun.load()
        name = uuid4().hex if kept is None else kept.get("run")
        written = False if kept is None else kept.get("toBeWritten")
        if not isinstance(name, str) or not name.isalnum() or type(written) is not bool:
            raise MalformedDraft("what was begun of a run that issues credentials cannot be read")
        return cls(name, _temporary(out, name), tuple(lists), begun, written)

    @property
    def is_done(self) -> bool:
        """Whether its credentials were written: the folder was to get its name, and has no other any more."""
        return self.was_to_be_written and not self.temporary.exists()

    def begin(self) -> None:
        """It is known before it has places.

        Raises:
            OSError: the profile cannot be written.
        """
        self._keep(to_be_written=False)

    def is_to_be_written(self) -> None:
        """The folder is about to get its name.

        Raises:
            OSError: the profile cannot be written.
        """
        self._keep(to_be_written=True)

    def failed(self) -> None:
        """The folder did not get its name, if it still has the one of before."""
        with contextlib.suppress(OSError):
            if self.temporary.exists():
                self._keep(to_be_written=False)

    def settle(self, issuer: Issuer) -> None:
        """Its places are its credentials' for ever, and it is forgotten.

        Raises:
            ClientError: a list is not kept any more.
            OSError: the profile cannot be written.
        """
        for name in self.lists:
            settle_run(issuer, name, self.name)
        if self.begun is not None:
            self.begun.forget()

    def _keep(self, *, to_be_written: bool) -> None:
        if self.begun is not None:
            self.begun.save({"run": self.name, "toBeWritten": to_be_written})


def _temporary(out: Path, run: str) -> Path:
    return out.absolute().with_name(f".{out.absolute().name[:64]}.{run}.tmp")
