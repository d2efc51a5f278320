"""What an answer has to be like for its line to be true."""

from collections.abc import Mapping
from typing import Any

import httpx

from tests.docs.conformance.rows import Row

_COLLECTION = {"self", "items", "total", "pageSize", "links"}
_LINKS = {"first", "prev", "next", "last"}
_PROBLEM = {"type", "title", "status", "detail", "code"}
_UNSIGNED = {"from", "to", "data", "value", "nonce", "chainId", "gasLimit", "gasPrice"}
_NOT_THERE = {400, 404, 405}
_NO_CONTENT = {204, 304}


def complaints(row: Row, answer: httpx.Response) -> list[str]:
    """What differs between the answer and its line; nothing if the line is true."""
    if row.state == "not served":
        return [] if answer.status_code in _NOT_THERE else [f"it is served: {answer.status_code}"]
    told = f"{answer.status_code} {_media(answer)} {answer.text[:160]}"
    if answer.status_code != row.status:
        return [f"status {answer.status_code}, not {row.status}: {told}"]
    wrong = _common(answer)
    if row.method == "HEAD" or row.status in _NO_CONTENT:
        return wrong + ([] if not answer.content else ["it has a body"])
    forms = {
        "collection of": _collection,
        "problem": _problem,
        "RPC error": _rpc_error,
        "transaction": _transaction,
        "hash": _hash,
    }
    return [f"{one}: {told}" for one in (*wrong, *forms.get(row.form, _plain)(row, answer))]


def _common(answer: httpx.Response) -> list[str]:
    """What holds everywhere: any origin may read, and a refusal says what would not be refused."""
    wrong = [] if answer.headers.get("access-control-allow-origin") == "*" else ["no origin may read it"]
    for status, header in ((401, "www-authenticate"), (405, "allow")):
        if answer.status_code == status and header not in answer.headers:
            wrong.append(f"{header} is missing")
    return wrong


def _collection(row: Row, answer: httpx.Response) -> list[str]:
    body = _json(answer)
    wrong = _media_type(answer, "application/json") + _exactly(body, _COLLECTION)
    if wrong:
        return wrong
    wrong += _exactly(body["links"], _LINKS)
    links = [body["self"], *body["links"].values()]
    wrong += [f"{link} has no literal brackets" for link in links if "page[after]=" not in link]
    if not isinstance(body["total"], int) or not isinstance(body["pageSize"], int):
        wrong.append("total and pageSize are numbers")
    if not row.codes:
        return wrong + ([f"{len(body['items'])} items"] if body["items"] else [])
    if not body["items"]:
        return [*wrong, "no items"]
    return wrong + [word for item in body["items"] for word in _members(item, row.codes[0])]


def _problem(row: Row, answer: httpx.Response) -> list[str]:
    body = _json(answer)
    wrong = _media_type(answer, "application/problem+json") + _exactly(body, _PROBLEM)
    if wrong:
        return wrong
    if (body["type"], body["status"]) != ("about:blank", row.status):
        wrong.append("type and status")
    return wrong + ([f"its title is {body['title']}"] if row.codes and body["title"] != row.codes[0] else [])


def _rpc_error(row: Row, answer: httpx.Response) -> list[str]:
    body = _json(answer)
    media = "application/json" if row.status == httpx.codes.OK else "application/problem+json"
    wrong = _media_type(answer, media) + _exactly(body, {"jsonrpc", "id", "error"})
    return wrong or _members(body["error"], "code message …")


def _transaction(_row: Row, answer: httpx.Response) -> list[str]:
    body = _json(answer)
    wrong = _media_type(answer, "application/json") + _exactly(body, {"jsonrpc", "id", "result"})
    if wrong:
        return wrong
    wrong = _exactly(body["result"], _UNSIGNED)
    values = body["result"].values() if isinstance(body["result"], dict) else ()
    return wrong + [f"{value} is no hexadecimal text" for value in values if not str(value).startswith("0x")]


def _hash(_row: Row, answer: httpx.Response) -> list[str]:
    body = _json(answer)
    wrong = _media_type(answer, "application/json") + _exactly(body, {"jsonrpc", "id", "result"})
    return wrong or ([] if len(str(body["result"])) == len("0x") + 64 else ["the result is no hash"])


def _plain(row: Row, answer: httpx.Response) -> list[str]:
    media, members = (*row.codes, "", "")[:2]
    wrong = _media_type(answer, media) if media else []
    if members == "[]":
        body = _json(answer)
        return wrong + ([] if isinstance(body, list) and body else ["no array with anything in it"])
    return wrong + (_members(_json(answer), members) if members else [])


def _members(value: Any, names: str) -> list[str]:
    """`a b.c …`: these members, at the top no others unless the names end in `…`."""
    asked = names.split()
    top = {name.partition(".")[0] for name in asked} - {"…"}
    wrong = [] if "…" in asked else _exactly(value, top)
    return wrong + [f"no {name}" for name in asked if name != "…" and not _has(value, name.split("."))]


def _has(value: Any, path: list[str]) -> bool:
    for part in path:
        if not isinstance(value, Mapping) or part not in value:
            return False
        value = value[part]
    return True


def _exactly(value: Any, names: set[str]) -> list[str]:
    if not isinstance(value, Mapping):
        return ["no object"]
    return [] if set(value) == names else [f"members differ: {sorted(set(value) ^ names)}"]


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _media(answer: httpx.Response) -> str:
    return str(answer.headers.get("content-type", "")).partition(";")[0].strip()


def _media_type(answer: httpx.Response, expected: str) -> list[str]:
    return [] if _media(answer) == expected else [f"it is {_media(answer) or 'of no type'}, not {expected}"]
