"""The languages of the pages: message catalogues (gettext) read as they lie, and which one a request wants.

Nothing is remembered of who reads: the language is the query's `lang`, else the browser's.
"""

import io
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from fastapi import Request

from node.api.errors import InvalidParameter

FIRST = "en"
"""The language in which the texts are written, and which needs no catalogue."""
NAMES = {FIRST: "English", "lt": "Lietuvių"}
"""Each language by its BCP 47 tag, in its own words."""
DOMAIN = "ankyra"
_MOST_ASKED = 16  # languages of one Accept-Language that are looked at
_OFFER = re.compile(
    r"\s*([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9-]{1,32})?\s*(?:;\s*q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?\s*"
)


@dataclass(frozen=True, slots=True)
class Language:
    """One language of the pages.

    Attributes:
        tag: BCP 47.
        chosen: whether the query names it, so that links go on naming it.
    """

    tag: str
    chosen: bool = False

    @property
    def locale(self) -> Locale:
        """How this language writes numbers and dates."""
        return _locale(self.tag)

    @property
    def texts(self) -> NullTranslations:
        """The catalogue."""
        return _catalogue(self.tag)

    def text(self, message: str) -> str:
        """The message in this language."""
        return self.texts.gettext(message)


def language_of(request: Request) -> Language:
    """Return the language that the query names, else the first of the browser's that there is.

    Raises:
        InvalidParameter: the query names one that there is not.
    """
    named = request.query_params.get("lang")
    if named is None:
        return Language(_preferred(request.headers.get("accept-language", "")))
    if named not in NAMES:
        raise InvalidParameter(f"lang must be one of {', '.join(NAMES)}.")
    return Language(named, chosen=True)


def _preferred(header: str) -> str:
    """The best of an `Accept-Language` (RFC 9110 section 12.5.4), by its main tag."""
    best, tag = 0.0, FIRST
    for offered in header.split(",", _MOST_ASKED)[:_MOST_ASKED]:
        found = _OFFER.fullmatch(offered)
        if found is None:
            continue
        named, weight = found[1].lower(), float(found[2] or 1)
        if named in NAMES and weight > best:
            best, tag = weight, named
    return tag


@cache
def _locale(tag: str) -> Locale:
    return Locale.parse("en_GB" if tag == FIRST else tag)


@cache
def _catalogue(tag: str) -> NullTranslations:
    if tag == FIRST:
        return NullTranslations()
    source = files("node.web") / "locales" / tag / "LC_MESSAGES" / f"{DOMAIN}.po"
    compiled = io.BytesIO()
    with source.open("rb") as text:
        write_mo(compiled, read_po(text, locale=tag, domain=DOMAIN))
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)
