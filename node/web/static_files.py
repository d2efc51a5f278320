"""`/static/…`: style, scripts and pictures of the pages, under names that hold their content's hash."""

import hashlib
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response

from node.api.caching import immutable_answer
from node.api.errors import NotFound

router = APIRouter()

_MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
}
_HASH_LENGTH = 16


@cache
def static_path(name: str) -> str:
    """Return the path of a static file, relative to the node's address; it changes with the content."""
    return f"static/{_hash(_contents()[name])}/{name}"


@router.get("/static/{content_hash}/{name}", include_in_schema=False)
def get_static(content_hash: str, name: str, request: Request) -> Response:
    """A static file; a hash of other content is not found, so that what is kept for a year is right."""
    content = _contents().get(name)
    if content is None or _hash(content) != content_hash:
        raise NotFound("There is no such file.")
    answer = immutable_answer(request, content, media_type=_MEDIA_TYPES[name.rpartition(".")[2]])
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@cache
def _contents() -> dict[str, bytes]:
    folder = files("node.web") / "static"
    return {
        file.name: file.read_bytes()
        for file in folder.iterdir()
        if file.name.rpartition(".")[2] in _MEDIA_TYPES
    }


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_HASH_LENGTH]
