"""Values stand on a page as its language writes them, and exactly beside it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from node.web.languages import Language
from node.web.written import cut, filters

MOMENT = datetime(2026, 9, 21, 14, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tag", "name", "value", "shown"),
    [
        ("en", "when", MOMENT, '<time datetime="2026-09-21T14:05:09Z">21 Sept 2026 14:05:09 UTC</time>'),
        ("lt", "when", "2026-09-21T16:05:09+02:00", "2026-09-21 14:05:09 UTC</time>"),
        ("en", "day", "2026-09-21", ">21 September 2026<"),
        ("lt", "day", MOMENT.date(), ">2026 m. rugsėjo 21 d.<"),
        ("en", "month", "2026-09", '<time datetime="2026-09">September 2026</time>'),
        ("lt", "month", "2026-09", ">2026 m. rugsėjis<"),
        ("en", "number", 1234567.5, "1,234,567.5"),
        ("lt", "number", 1234567.5, "1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567,5"),
        ("en", "percent", 0.0125, "1.2 %"),
        ("lt", "percent", 0.0125, "1,2 %"),
    ],
)
def test_a_value_is_written_as_its_language_has_it(tag: str, name: str, value: Any, shown: str) -> None:
    assert shown in filters(Language(tag))[name](value)


def test_a_long_name_is_cut_to_the_eye_alone() -> None:
    long = "did:ebsi:" + "z" * 60
    assert f'title="{long}"' in cut(long)
    assert "…" in cut(long)
    assert cut("<b>") == "<code>&lt;b&gt;</code>"
