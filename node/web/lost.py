"""Paths under which nothing stands: a browser is told by a page, a program by a problem document."""

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from node.api.errors import NotFound
from node.api.problems import unrouted
from node.web.pages import marked, problem_page

_NOT_FOUND = 404
_SENTENCE = marked("Nothing stands under this path.")
_READS = frozenset({"GET", "HEAD"})


def install(app: FastAPI) -> None:
    """Make `app` tell people who lost their way so on a page."""
    app.add_exception_handler(HTTPException, _unrouted)


async def _unrouted(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == _NOT_FOUND and request.method in _READS and _is_a_browser(request):
        return problem_page(request, NotFound(_SENTENCE))
    return await unrouted(request, error)


def _is_a_browser(request: Request) -> bool:
    """Whether the client names HTML itself: programs that take anything get what they always got."""
    return "text/html" in request.headers.get("accept", "")
