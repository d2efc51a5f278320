"""What the entries so far have made, kept in step with the rows that are made of the next ones."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table

from node.db.did_filters import key_intervals
from node.db.issuers import latest_revision
from node.db.listed import count_listed, ordinal_of
from node.db.projection import standing_of
from node.db.row_making import ISSUERS, USERS, KeyInterval, MonthTally, Standing, Totals
from node.db.statistics import last_month_tally, last_totals, month_tally_of, totals_of
from node.db.tables import KEY_INTERVAL, LISTED, REVISION, TALLY


class KnownRows:
    """Rows of entries before the next one: those a database holds, and those taken since."""

    def __init__(self, connection: Connection) -> None:
        """Begin with what the database holds."""
        self._connection = connection
        self._standings: dict[tuple[str, bytes], Standing | None] = {}
        self._counts: dict[str, int] = {}
        self._listed: dict[tuple[str, bytes], bool] = {}
        self._intervals: dict[tuple[str, str], dict[str, KeyInterval]] = {}
        self._tallies: dict[str, MonthTally | None] = {}
        self._totals: Totals | None = None

    def take(self, table: Table, row: Mapping[str, Any]) -> None:
        """The row was made: what comes next depends on it."""
        if table is REVISION:
            self._standings[row["did"], row["attribute_id"]] = standing_of(row)
        elif table is TALLY:
            self._tallies[row["did"]], self._totals = month_tally_of(row), totals_of(row)
        elif table is KEY_INTERVAL:
            interval = KeyInterval(row["relationship"], row["not_before"], row["not_after"])
            taken = self._intervals.setdefault((row["did"], row["v_method_id"]), {})
            taken[interval.relationship] = interval
        elif table is LISTED:
            self._counts[row["collection"]] = row["ordinal"] + 1
            if row["collection"] in {ISSUERS, USERS}:
                self._listed[row["collection"], row["name"]] = True

    def standing(self, did: str, attribute_id: bytes) -> Standing | None:
        """The attribute's standing; None if it has none yet."""
        key = did, attribute_id
        if key not in self._standings:
            found = latest_revision(self._connection, did, attribute_id)
            self._standings[key] = found.standing if found else None
        return self._standings[key]

    def count(self, collection: str) -> int:
        """How many members the collection has."""
        if collection not in self._counts:
            self._counts[collection] = count_listed(self._connection, collection)
        return self._counts[collection]

    def is_listed(self, collection: str, name: bytes) -> bool:
        """Whether it has this one; known of issuers and users only."""
        key = collection, name
        if key not in self._listed:
            self._listed[key] = ordinal_of(self._connection, collection, name) is not None
        return self._listed[key]

    def intervals(self, did: str, v_method_id: str) -> list[KeyInterval]:
        """What a DID's verification method stands under and when, one for each relationship."""
        before = key_intervals(self._connection, did, v_method_id)
        now = {one.relationship: one for one in before} | self._intervals.get((did, v_method_id), {})
        return [now[name] for name in sorted(now)]

    def month_tally(self, did: str) -> MonthTally | None:
        """What the DID counts up to; None if it counted nothing yet."""
        if did not in self._tallies:
            self._tallies[did] = last_month_tally(self._connection, did)
        return self._tallies[did]

    def totals(self) -> Totals:
        """What everybody counts up to."""
        if self._totals is None:
            self._totals = last_totals(self._connection)
        return self._totals
