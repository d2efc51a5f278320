"""What `/v1/history` says happened in each month, counted entry by entry as any reader of it might."""

import json
from collections import Counter, defaultdict
from typing import Any

import httpx

IN_FORCE = {1, 2, 3}
OVERALL = ""


def counted(http: httpx.Client) -> dict[str, dict[str, Counter[str]]]:
    """Counts by month (`2026-11`) and DID; everybody's under `OVERALL`."""
    months: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    types: dict[tuple[str, str], int] = {}
    issuers: set[str] = set()
    with http.stream("GET", "/v1/history", headers={"accept": "application/x-ndjson"}) as answer:
        for line in answer.iter_lines():
            entry = json.loads(line)
            fields: dict[str, Any] = entry["fields"]
            did, month, added = entry["issuer"] or "", entry["time"][:7], Counter[str]()
            if entry["kind"].startswith("issuer.attribute.") and did not in issuers:
                issuers.add(did)
                added["issuers"] = 1
            if entry["kind"] == "issuer.attribute.metadata":
                key = did, fields["attributeId"]
                was, now = types.get(key, 0) in IN_FORCE, fields["issuerType"] in IN_FORCE
                types[key] = fields["issuerType"]
                added["given"], added["revoked"] = int(now and not was), int(was and not now)
            if entry["kind"] == "anchor.batch":
                added["batches"], added["credentials"] = 1, fields["size"]
            if entry["kind"] == "status.published":
                added["publications"] = 1
            months[month][OVERALL].update(added)
            months[month][did].update(added)
    return months
