"""What a run that issues is to do, and what became of it."""

from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from credentials.model import Version
from node.client.course_template import CourseTemplate
from node.client.errors import Refused
from node.client.issue_forms import MODEL_OF, Securing
from node.client.issue_journal import Header
from node.client.issue_outputs import SUFFIXES, journal_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run is to do.

    Attributes:
        out: a file (`.ndjson`), or a folder for files.
        rejects: file of the rows that are refused.
        template: of the course.
        securing: how credentials are secured.
        rows: file that the rows are read from, if they are; it stays as it is.
        lists: names of status lists; each credential gets a place in each.
        elm: folder for ELM exports, if they are wanted.
        stem: begins the names of files.
        workers: processes that sign; 0, and for a few rows: this one.
    """

    out: Path
    rejects: Path
    template: CourseTemplate
    securing: Securing
    rows: Path | None = None
    lists: tuple[str, ...] = ()
    elm: Path | None = None
    stem: str = "credential"
    workers: int = 0

    @property
    def is_one_file(self) -> bool:
        """Whether the credentials go into one NDJSON file."""
        return self.out.suffix in SUFFIXES

    def kept(self) -> tuple[Path, ...]:
        """Files in which refused rows have no place."""
        return (self.out, journal_path(self.out), *((self.rows,) if self.rows else ()))

    def header(self) -> Header:
        """What a journal of such a run begins with."""
        return Header(
            run=uuid4().hex,
            issuer=self.securing.did,
            form=self.securing.form,
            template=self.template.digest.hex(),
            layout="ndjson" if self.is_one_file else "files",
            on_behalf_of=self.securing.on_behalf_of,
        )

    def check_model(self, model: Version) -> None:
        """Return if credentials of the data model can be secured so.

        Raises:
            Refused: they cannot.
        """
        form = self.securing.form
        if MODEL_OF.get(form, model) != model:
            raise Refused(
                f"nothing was issued: the template is of the data model {model}, and {form} is of the other"
            )


@dataclass(slots=True)
class Outcome:
    """What became of the rows of a run.

    Attributes:
        rows: that were read.
        issued: credentials.
        before: rows whose credentials were issued before this run.
        repeated: rows that repeat another of this run.
        refused: rows in the rejects file.
        total: credentials in the place, of all runs.
    """

    rows: int = 0
    issued: int = 0
    before: int = 0
    repeated: int = 0
    refused: int = 0
    total: int = 0
