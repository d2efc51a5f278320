"""`ankyra credential issue --template`: learners' rows made into credentials, one or a million."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast, get_args

from credentials.model import Version
from did.errors import DidError
from did.syntax import parse_ebsi_did
from node.cli.batch import anchor_issued
from node.cli.context import ask_passphrase
from node.cli.failures import INVALID
from node.cli.output import counted, print_json, say, table
from node.cli.progress import shown
from node.client.course_template import CourseTemplate, read_template
from node.client.credential_drafts import Terms
from node.client.errors import Unusable
from node.client.issue_forms import MODEL_OF, Form, Securing
from node.client.issue_outputs import SUFFIXES
from node.client.issue_plan import Outcome, Plan
from node.client.issue_rejects import is_same
from node.client.issue_run import issue_rows
from node.client.issue_seals import kid_of, profile_key, read_certificates, read_seal_key
from node.client.issue_workers import cores
from node.client.issuer import Issuer
from node.client.learner_rows import STANDARD_INPUT, read_rows
from node.client.passphrase import read_passphrase

FORMS: Final = get_args(Form)
_COUNTED: Final = 256 * 1024  # bytes read at once


@dataclass(frozen=True, slots=True, kw_only=True)
class RowOptions:
    """What was typed beside what every issuing takes."""

    template: Path | None
    form: str
    rejects: Path | None
    workers: int | None
    elm: Path | None
    on_behalf_of: str | None
    seal_certificate: Path | None
    seal_key: Path | None
    seal_passphrase_file: Path | None
    anchor: bool

    def course(self, files: Sequence[Path]) -> CourseTemplate | None:
        """The template, if one is named and the options fit together; None without one.

        Args:
            files: that were named.

        Raises:
            Unusable: they do not, or there is no such template.
        """
        sealing = (self.on_behalf_of, self.seal_certificate, self.seal_key, self.seal_passphrase_file)
        if self.template is None:
            if self.form != "vc-jwt" or self.anchor or any((self.rejects, self.workers, self.elm, *sealing)):
                raise Unusable("these options are for rows: name their course with --template")
            return None
        if self.form not in FORMS:
            raise Unusable(f"--form is {', '.join(FORMS[:-1])} or {FORMS[-1]}")
        if len(files) != 1:
            raise Unusable("one run takes one file of rows")
        if self.form != "jades" and any(sealing):
            raise Unusable("--on-behalf-of and the options of a seal are for --form jades")
        if self.form == "jades" and self.seal_certificate is None:
            raise Unusable("--form jades needs --seal-certificate")
        if self.on_behalf_of is not None:
            try:
                parse_ebsi_did(self.on_behalf_of)
            except DidError as error:
                raise Unusable(f"--on-behalf-of is the DID of a member: {error}") from None
        return read_template(self.template)

    def model(self, course: CourseTemplate | None, *, named: Version | None) -> Version | None:
        """The data model of the credentials; None where payloads name theirs.

        Raises:
            Unusable: the one that was named is not of the form.
        """
        if course is None:
            return named
        of_form = MODEL_OF.get(cast("Form", self.form))
        if None not in {named, of_form} and named != of_form:
            raise Unusable(f"{self.form} is of the data model {of_form}")
        return of_form or named or course.model


def issue_course(
    issuer: Issuer,
    rows: Path,
    out: Path,
    template: CourseTemplate,
    options: RowOptions,
    terms: Terms,
    lists: tuple[str, ...],
    *,
    as_json: bool,
) -> int:
    """Make credentials of all rows, say what became of them; the exit code.

    Raises:
        ClientError: nothing could be issued, or the run was stopped; what was issued stays.
    """
    plan = Plan(
        out=out,
        rejects=options.rejects or _rejects_beside(out, rows),
        template=template,
        securing=_securing(issuer, options, terms),
        rows=_file_of(rows),
        lists=lists,
        elm=options.elm,
        stem=_stem_of(rows),
        workers=options.workers or cores(),
    )
    with shown(as_json=as_json) as progress:
        outcome = issue_rows(
            issuer,
            read_rows(rows, standard_input=sys.stdin.buffer),
            terms=terms,
            plan=plan,
            total=_rows_in(rows),
            progress=progress,
        )
    if not as_json:
        _tell(outcome, plan)
    anchored = {}
    if options.anchor and outcome.total:
        anchored = {"anchored": anchor_issued(issuer, out, as_json=as_json)}
    elif not as_json and outcome.issued:
        say(f"Next: ankyra batch anchor {out}")
    if as_json:
        print_json(_members(outcome, plan) | anchored)
    return INVALID if outcome.refused else 0


def _securing(issuer: Issuer, options: RowOptions, terms: Terms) -> Securing:
    if options.seal_certificate is None:
        signer = issuer.signer()
        return Securing(
            form=cast("Form", options.form),
            did=issuer.did,
            kid=signer.kid,
            key=profile_key(issuer),
            at=terms.now,
        )
    certificates = read_certificates(options.seal_certificate)
    key = options.seal_key
    return Securing(
        form="jades",
        did=issuer.did,
        kid=kid_of(issuer, certificates[0]),
        key=profile_key(issuer)
        if key is None
        else read_seal_key(key, passphrase=lambda: _passphrase(options.seal_passphrase_file)),
        at=terms.now,
        certificates=certificates,
        on_behalf_of=options.on_behalf_of,
    )


def _passphrase(file: Path | None) -> str:
    """That of the seal's key, from a file or whoever sits there; the profile's own is another one."""
    prompt = (lambda: ask_passphrase(name="Passphrase of the seal's key")) if sys.stdin.isatty() else None
    return read_passphrase(file=file, environment={}, prompt=prompt)


def _rejects_beside(out: Path, rows: Path) -> Path:
    """Beside the place, in the form of the rows; under a second name if the rows have the first one."""
    stem = out.stem if out.suffix in SUFFIXES else out.name
    suffix = ".csv" if rows.suffix in {".csv", ".tsv"} else ".ndjson"
    beside = out.with_name(f"{stem}.rejects{suffix}")
    return out.with_name(f"{stem}.rejects-2{suffix}") if is_same(beside, _file_of(rows)) else beside


def _file_of(rows: Path) -> Path:
    return Path("/dev/stdin") if str(rows) == STANDARD_INPUT else rows


def _stem_of(rows: Path) -> str:
    stem = "" if str(rows) == STANDARD_INPUT else rows.stem.lstrip(".")
    return "".join(char if char.isalnum() or char in "-_." else "-" for char in stem)[:64] or "credential"


def _rows_in(rows: Path) -> int | None:
    """About how many rows a file has, by its lines; None where lines are no rows, or it cannot be read."""
    if str(rows) == STANDARD_INPUT or rows.suffix == ".json":
        return None
    try:
        with rows.open("rb") as file:
            lines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(_COUNTED), b""))
    except OSError:
        return None
    return max(1, lines - (rows.suffix == ".csv"))


def _members(outcome: Outcome, plan: Plan) -> dict[str, object]:
    return {
        "issuer": plan.securing.did,
        "onBehalfOf": plan.securing.on_behalf_of,
        "form": plan.securing.form,
        "out": str(plan.out),
        "rows": outcome.rows,
        "issued": outcome.issued,
        "issuedBefore": outcome.before,
        "repeated": outcome.repeated,
        "refused": outcome.refused,
        "rejects": str(plan.rejects) if outcome.refused else None,
        "total": outcome.total,
    }


def _tell(outcome: Outcome, plan: Plan) -> None:
    say(f"{counted(outcome.issued, 'credential')} issued into {plan.out}.", style="bold green")
    told = (
        ("issued before", outcome.before),
        ("repeat another row", outcome.repeated),
        ("refused", outcome.refused),
        ("credentials there in all", outcome.total),
    )
    table(("", ""), [(name, f"{number:,}") for name, number in told if number])
    if outcome.refused:
        say(
            f"What was refused, and why: {plan.rejects}. Mend it and hand it in with the same --out.",
            style="yellow",
        )
    if not plan.lists:
        say("Without --status they name no status list: they cannot be revoked.", style="yellow")
