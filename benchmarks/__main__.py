"""Run the benchmarks: all of them, or those named. Exit code 1 when a limit is missed."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

BENCHMARKS = {
    "trees": "1,000,000 digests sorted and rooted, and a receipt out of them",
    "digests": "100,000 documents digested and rooted, beside pymerkle and rfc8785",
    "follower": "20,000 entries from the ledger's RPC into SQLite",
    "anchors": "GET /v1/anchors/{digest} out of 1,000,000 leaves",
    "anchoring": "100 batches of 10,000 accepted, anchored and final, on SQLite and PostgreSQL",
    "embedded_proofs": "proofs over JSON per second, proofs over RDF in their process beside didkit's",
    "issuing": "100,000 credentials of a table secured and digested, beside bare ES256",
    "pages": "each page's first byte over 1,000,000 entries, cold and warm, on SQLite and PostgreSQL",
    "rebuild": "20,000 entries and 1,000,000 leaves rebuilt and checked, on SQLite and PostgreSQL",
    "resolution": "DID documents over HTTP beside a bare route, a 304, far pages, on SQLite and PostgreSQL",
    "seals": "JAdES seals read and verified beside bare RS256 and path building",
    "sd_jwts": "SD-JWTs with key binding verified, beside sd-jwt",
    "verification": "verdicts on 400 credentials: in process, by check, over HTTP",
    "workers": "verdicts over HTTP by one worker and by two, on SQLite and PostgreSQL",
}


def main() -> int:
    """Measure and report; see `python -m benchmarks --help`."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="benchmarks:\n"
        + "\n".join(f"  {name:<15} {what}" for name, what in BENCHMARKS.items())
        + "\n\nexample:\n  python -m benchmarks trees digests --json figures.json",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run (default: all)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures there")
    chosen = parser.parse_args()
    if unknown := [name for name in chosen.names if name not in BENCHMARKS]:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    report: dict[str, list[dict[str, object]]] = {}
    missed: list[str] = []
    for name in chosen.names or BENCHMARKS:
        print(f"{name}: {BENCHMARKS[name]}", flush=True)
        figures = importlib.import_module(f"benchmarks.{name}").run()
        report[name] = []
        for figure in figures:
            print(figure.line(), flush=True)
            report[name].append(
                {"name": figure.name, "value": figure.value, "unit": figure.unit, "limit": figure.limit}
            )
            if not figure.kept:
                missed.append(f"{name}: {figure.name}")
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print("every limit kept" if not missed else "missed:\n  " + "\n  ".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
