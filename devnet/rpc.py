"""Raw JSON-RPC to the ledger engine, single and in batches."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Self

import httpx

from devnet.errors import LedgerRefused, LedgerUnreachable

_BATCH = 200


class JsonRpc:
    """One keep-alive connection to one JSON-RPC URL."""

    def __init__(self, url: str, *, timeout: float = 60.0) -> None:
        """Remember `url`; nothing is sent yet. `timeout` is in seconds."""
        self.url = url
        self._ids = itertools.count(1)
        self._http = httpx.Client(timeout=timeout, trust_env=False)

    def request(self, method: str, *params: object) -> Any:
        """Return the result of one call.

        Raises:
            LedgerUnreachable: no answer, or none that is JSON-RPC.
            LedgerRefused: the engine answered with an error.
        """
        return self._result(method, self._post(self._call(method, params)))

    def batch(self, calls: Iterable[tuple[str, Sequence[object]]]) -> list[Any]:
        """Return the results of many calls, in their order, sent 200 at a time.

        Raises:
            LedgerUnreachable: no answer, or none that is JSON-RPC.
            LedgerRefused: the engine answered one of them with an error.
        """
        results: list[Any] = []
        pending = iter(calls)
        while chunk := list(itertools.islice(pending, _BATCH)):
            sent = [self._call(method, params) for method, params in chunk]
            answers = self._post(sent)
            by_id = {answer.get("id"): answer for answer in answers} if isinstance(answers, list) else {}
            results.extend(self._result(call["method"], by_id.get(call["id"])) for call in sent)
        return results

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def __enter__(self) -> Self:
        """Return the connection itself."""
        return self

    def __exit__(
        self, _t: type[BaseException] | None, _e: BaseException | None, _tb: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _call(self, method: str, params: Sequence[object]) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}

    def _post(self, body: object) -> Any:
        try:
            return self._http.post(self.url, json=body).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise LedgerUnreachable(self.url, str(error) or type(error).__name__) from error

    def _result(self, method: str, answer: object) -> Any:
        if not isinstance(answer, dict) or not {"result", "error"} & answer.keys():
            raise LedgerUnreachable(self.url, f"no JSON-RPC answer to {method}")
        error = answer.get("error")
        if error is not None:
            raise LedgerRefused(
                method, int(error.get("code", 0)), str(error.get("message", "")), error.get("data")
            )
        return answer["result"]
