"""`ankyra credential template`: a course template begun, checked against learners' rows, and its schema."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from credentials.microcredential import read_micro_credential
from node.cli.context import AsJson, present
from node.cli.credential_show import show_micro_credential
from node.cli.failures import DONE, INVALID
from node.cli.output import counted, print_json, say, table
from node.cli.progress import shown
from node.client.course_check import Checked, check_rows
from node.client.course_example import example
from node.client.course_members import json_schema
from node.client.course_template import CourseTemplate, read_template
from node.client.errors import Unusable
from node.client.learner_rows import read_rows

app = typer.Typer(
    help="Course templates: new, check, schema.\n\nExample: ankyra credential template new course.toml",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command()
def new(
    file: Annotated[Path, typer.Argument(help="The template to write; no such file yet.")],
    *,
    json_form: Annotated[
        bool, typer.Option("--json-form", help="Write JSON, which has no comments, instead of TOML.")
    ] = False,
    non_formal: Annotated[
        bool, typer.Option("--non-formal", help="Of non-formal learning, instead of formal.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write an example of a course template, valid as it stands, to be changed into yours.

    Example:
        ankyra credential template new course.toml
        ankyra credential template new course.json --json-form --non-formal
    """
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(example(json_form=json_form, non_formal=non_formal))
    except FileExistsError:
        raise Unusable(f"{file} is there already, and is not overwritten") from None
    except OSError as error:
        raise Unusable(f"cannot write {file}: {error.strerror}") from None
    if as_json:
        print_json({"file": str(file), "digest": read_template(file).digest.hex()})
        return
    say(f"{file} is a course template of an invented course: change it into yours.", style="bold green")
    say(f"Next: ankyra credential template check {file} learners.csv")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The course template, TOML or JSON.")],
    learners: Annotated[
        Path | None, typer.Argument(help="Learners' rows, CSV, JSON or NDJSON; - is standard input.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Hold a course template, and learners' rows, against what credentials can say; nothing is issued.

    It tells all that is wrong with the template, how many rows become credentials and why others do not, and
    what the first credential would say. The accreditation and the schema are asked for when you issue.

    Exit codes: 0 all is well; 1 some rows become no credentials; 2 the template or the file cannot be used.

    Example:
        ankyra credential template check course.toml
        ankyra credential template check course.toml learners.csv
    """
    template = read_template(file)
    rows = read_rows(learners, standard_input=sys.stdin.buffer) if learners is not None else ()
    with shown(as_json=as_json) as progress:
        checked = check_rows(template, rows, now=present(), progress=progress)
    if as_json:
        print_json(_as_json(template, checked))
    else:
        _show(template, checked, file=file, learners=learners)
    raise typer.Exit(INVALID if checked.bad or (learners is not None and not checked.good) else DONE)


@app.command()
def schema(*, as_json: AsJson = False) -> None:
    """Print the JSON Schema of course templates, for editors and other programs; --json changes nothing.

    Example:
        ankyra credential template schema > course-template.schema.json
    """
    del as_json
    print_json(json_schema())


def _as_json(template: CourseTemplate, checked: Checked) -> dict[str, object]:
    first = None if checked.first is None else read_micro_credential(checked.first)
    return {
        "title": template.title,
        "digest": template.digest.hex(),
        "rows": {"good": checked.good, "repeated": checked.repeated, "bad": checked.bad},
        "refused": [
            {"line": one.line, "column": one.field or None, "reason": one.reason, "rows": one.rows}
            for one in checked.told.values()
        ],
        "first": None if first is None else first.to_json(),
    }


def _show(template: CourseTemplate, checked: Checked, *, file: Path, learners: Path | None) -> None:
    say(f"{file} is a course template: {template.title}.", style="bold green")
    if learners is None:
        say(f"Next: ankyra credential template check {file} learners.csv")
        return
    if checked.bad:
        say(f"{counted(checked.bad, 'row')} would become no credential:", style="bold red")
        told = checked.told.values()
        table(
            ("rows", "first line", "column", "why"),
            [(one.rows, one.line, one.field, one.reason) for one in told],
        )
        if more := checked.bad - sum(one.rows for one in told):
            say(f"… and {more} more for other reasons.", style="dim")
    again = f"; {checked.repeated} of them say what an earlier one says, and are issued once"
    said = f"{counted(checked.good, 'row')} would become credentials{again if checked.repeated else ''}."
    say(said, style="bold green" if checked.good else "bold red")
    if checked.first is not None and (micro := read_micro_credential(checked.first)) is not None:
        say(f"{os.linesep}The first of them would say:")
        show_micro_credential(micro)
        say(f"Next: ankyra credential issue {learners} --template {file} --out credentials/")
