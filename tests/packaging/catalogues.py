"""The message catalogues of the pages: merged with what the sources say (`make texts`), and judged.

A catalogue's head, with its glossary, is kept as it stands; below it messages are sorted and name their files
without lines, so that a difference shows texts and nothing else.
"""

import io
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from node.api.problems import PROBLEMS
from node.web.languages import DOMAIN, FIRST, NAMES

ROOT = Path(__file__).resolve().parents[2]
PAGES = "node/web"
_METHODS = [("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
_OPTIONS = {
    "**/templates/**.html": {
        "extensions": "jinja2.ext.i18n",
        "trim_blocks": "true",
        "lstrip_blocks": "true",
        "newstyle_gettext": "true",
        "silent": "false",
    }
}
_KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "marked": None,  # translated where it is shown
    "text": None,  # Language.text
    "NotFound": None,  # errors that a page raises are told as a page
    "InvalidParameter": None,
}
_TITLES = "node/api/problems.py"
_WIDTH = 110
_PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|%%|\{\w*\}")
_TAG = re.compile(r"</?[a-z][^>]*>")
_ENDS = (".", ":", "?", "…", ",", ";", "!")


def messages(root: Path = ROOT) -> Catalog:
    """Every message that the pages show, in the first language."""
    found = Catalog(domain=DOMAIN)
    for name, _, message, _, context in extract_from_dir(
        root / PAGES, _METHODS, _OPTIONS, keywords=_KEYWORDS
    ):
        found.add(message, None, [(f"{PAGES}/{name}", 0)], context=context)
    for title in sorted({problem.title for problem in PROBLEMS.values()}):
        found.add(title, None, [(_TITLES, 0)])
    return found


def merged(text: str, wanted: Catalog) -> str:
    """A catalogue's text with exactly the wanted messages, each with the translation that it had."""
    head, _, _ = text.partition("\n\n")
    catalogue = read_po(io.StringIO(text))
    catalogue.update(wanted, no_fuzzy_matching=True)
    body = io.BytesIO()
    write_po(
        body,
        catalogue,
        width=_WIDTH,
        omit_header=True,
        sort_output=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    return f"{head}\n\n{body.getvalue().decode().strip()}\n"


def faults(text: str) -> Iterator[str]:
    """Yield what a translator has left out or broken, a line for each message."""
    catalogue = read_po(io.StringIO(text))
    yield from (f"{message.id!r}: nothing says this any more" for message in catalogue.obsolete.values())
    for message in catalogue:
        if message.id:
            yield from (f"{message.id!r}: {fault}" for fault in _faults(message, catalogue.num_plurals))


def _faults(message: Message, plurals: int) -> Iterator[str]:
    said = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    given = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    if message.fuzzy:
        yield "is only guessed (fuzzy)"
    if len(given) != (1 if len(said) == 1 else plurals) or not all(given):
        yield "is not translated, or not in every plural form"
        return
    if any("\n" in form for form in said):
        yield "runs over lines; say `{% trans trimmed %}`"
    for form in given:
        if _placeholders(form) != _placeholders(said[-1]):
            yield f"{form!r} has other placeholders"
        if Counter(_TAG.findall(form)) != Counter(_TAG.findall(said[-1])):
            yield f"{form!r} has other tags"
        if _end(form) != _end(said[-1]):
            yield f"{form!r} ends otherwise"
        if '"' in _TAG.sub("", form):
            yield f"{form!r} has quotation marks of a typewriter"


def _placeholders(text: str) -> Counter[str]:
    return Counter(match[0] for match in _PLACEHOLDER.finditer(text))


def _end(text: str) -> str:
    return text[-1] if text.endswith(_ENDS) else ""


def catalogue_paths(root: Path = ROOT) -> dict[str, Path]:
    """The catalogue of each language but the first."""
    return {
        tag: root / PAGES / "locales" / tag / "LC_MESSAGES" / f"{DOMAIN}.po" for tag in NAMES if tag != FIRST
    }


def main() -> int:
    """Merge every catalogue; print what is left to translate, and return 1 if there is something."""
    wanted, left = messages(), 0
    for tag, path in catalogue_paths().items():
        text = merged(path.read_text(encoding="utf-8"), wanted)
        path.write_text(text, encoding="utf-8")
        for fault in faults(text):
            left += 1
            sys.stdout.write(f"{tag}: {fault}\n")
    sys.stdout.write(f"catalogues: {len(wanted)} messages, {left} to see to\n")
    return 1 if left else 0


if __name__ == "__main__":
    raise SystemExit(main())
