"""How a page is made: a route that tells errors as pages, a template, one language, strict headers.

A page is a function under a router of `page_router()`:

    router = page_router()

    @router.get("/registry/entries/{index}")
    def get_entry(index: str, request: Request, node: NodeOf) -> Response:
        return page(request, "registry/entry.html", entry=…)

Templates extend `layout.html` and get, beside what the page gives them: `_` and `{% trans %}` (gettext),
`language`, `languages`, `url(path, **query)` (a link within this node, relative, that goes on in the
language chosen), `api(path, **query)` (a link to the API, which has no language), `static(name)`,
`here(lang)` (this page in another language) and the filters of `written.py`. A query parameter must be
declared, as under the API; `lang` is every page's. A text that stands in Python is marked with `marked`
there, and translated where it is shown.
"""

from collections.abc import Callable, Coroutine, Mapping
from functools import cache
from importlib.metadata import version
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket

from node.api.caching import REVALIDATE, matches, weak_tag
from node.api.errors import InvalidParameter
from node.api.parameters import StrictRoute
from node.api.problems import internal_error, told_of
from node.web.languages import FIRST, NAMES, Language, language_of
from node.web.static_files import static_path
from node.web.written import filters

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing of a third party, nothing inline (CSP Level 3); blob: and data: for a picture that was chosen."""
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Accept-Language",
}
MEDIA_TYPE = "text/html; charset=utf-8"
NEVER_KEPT = "no-store"
_OK = 200


def marked(message: str) -> str:
    """Return `message`, marked for the catalogues; it is translated where it is shown."""
    return message


async def _lang(
    lang: Annotated[str | None, Query(description="Language of the page.")] = None,
) -> None:
    """Every page's query parameter, read by `language_of`."""


class PageRoute(StrictRoute):
    """A route whose errors are told as a page, in the reader's language and with the API's status."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler, behind which no error is left."""
        handler = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError:
                return problem_page(request, InvalidParameter("A parameter is missing or malformed."))
            except Exception as error:  # noqa: BLE001 - a page has no other way to tell
                return problem_page(request, error)

        return told


def page_router() -> APIRouter:
    """Return a router for pages: outside the API's schema, each with `lang`."""
    return APIRouter(route_class=PageRoute, include_in_schema=False, dependencies=[Depends(_lang)])


def page(
    request: Request,
    template: str,
    *,
    status: int = _OK,
    cached: str = REVALIDATE,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> Response:
    """Return the page of `template`, or 304 if the browser holds the same.

    Args:
        request: whose language it is rendered in.
        template: its file below `templates`.
        status: HTTP status.
        cached: `Cache-Control`; `NEVER_KEPT` for what is about a person.
        headers: further ones.
        values: what the template shows.
    """
    language = language_of(request)
    rendered = (
        _environment(language.tag).get_template(template).render(values | _given(request, language, values))
    )
    body = rendered.encode()
    common = HEADERS | {"Cache-Control": cached, "Content-Language": language.tag} | dict(headers or {})
    if status == _OK and cached == REVALIDATE:
        common["ETag"] = weak_tag(body)
        if matches(request, common["ETag"]):
            return Response(status_code=304, headers=common)
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=common)


def prepare() -> None:
    """Compile every template in every language, so that the first reader of a page does not wait for it."""
    for tag in NAMES:
        made = _environment(tag)
        for name in made.list_templates():
            made.get_template(name)
        made.filters["day"]("2026-11-22")  # which has the language's dates and numbers read
        made.filters["number"](1)
    static_path("ankyra.css")


def problem_page(request: Request, error: Exception) -> Response:
    """Return the page that tells `error` as the API would: its title, its sentence, its status."""
    told = told_of(error)
    if told is None:
        problem = internal_error(request, error)
        return page(
            _in_first(request),
            "problem.html",
            status=problem.status_code,
            cached=NEVER_KEPT,
            title=marked("Internal Server Error"),
            detail=marked("Something went wrong in this node. Try again, or tell its operator."),
        )
    return page(
        _in_first(request),
        "problem.html",
        status=told.problem.status,
        cached=NEVER_KEPT,
        headers=told.headers,
        title=told.problem.title,
        detail=told.detail,
    )


def _in_first(request: Request) -> Request:
    """The request, without a language that there is not: the page that says so needs one."""
    if request.query_params.get("lang", FIRST) in NAMES:
        return request
    scope = dict(request.scope) | {"query_string": b""}
    return Request(scope)


def _given(request: Request, language: Language, values: Mapping[str, Any]) -> dict[str, Any]:
    up = "../" * (request.url.path.count("/") - 1) or "./"

    def url(path: str, **query: Any) -> str:
        """A link to `path`, relative to this page: the node may stand below a prefix it does not know."""
        return api(path, **{"lang": language.tag if language.chosen else None} | query)

    def api(path: str, **query: Any) -> str:
        """A link to `path` of the API, relative to this page."""
        asked = {name: value for name, value in query.items() if value is not None}
        return up + quote(path, safe="/:;,@") + (f"?{urlencode(asked)}" if asked else "")

    def here(tag: str) -> str:
        """This page in another language; what was handed in has to be handed in again."""
        asked = {**request.query_params, "lang": tag} if request.method in {"GET", "HEAD"} else {"lang": tag}
        return up + quote(request.url.path.lstrip("/"), safe="/:;,@") + f"?{urlencode(asked)}"

    return {
        "language": language,
        "languages": NAMES,
        "url": url,
        "api": api,
        "here": here,
        "static": lambda name: up + static_path(name),
        "path": request.url.path,
        "version": version("ankyra"),
    } | dict(values)


class _Compiled(BytecodeCache):
    """What templates were compiled to, for all languages: only the texts differ."""

    def __init__(self) -> None:
        self._code: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key + bucket.checksum] = bucket.code


_COMPILED = _Compiled()


@cache
def _environment(tag: str) -> Environment:
    """The templates in one language: everything is escaped, a name that nobody gave is an error."""
    language = Language(tag)
    made = Environment(
        loader=PackageLoader("node.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_COMPILED,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(language.texts, newstyle=True)  # type: ignore[attr-defined]
    made.filters |= filters(language)
    return made
