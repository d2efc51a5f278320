"""The page on alarms names each that can be raised, and none that cannot."""

import re
from pathlib import Path

from node.indexer import alarms
from node.indexer.alarms import ALARMS

ROOT = Path(__file__).resolve().parents[2]


def _documented() -> set[str]:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    section = page.partition("\n## Alarms\n")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE))


def _raised() -> set[str]:
    """Every name that the follower's code gives to an alarm."""
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "node" / "indexer").glob("*.py")]
    named = re.compile(r'(?:Alarm\(\s*|super\(\).__init__\(|\w+: |\b[A-Z_]+ = )"([a-z]+(?:-[a-z]+)+)"')
    return {name for source in sources for name in named.findall(source)}


def test_every_alarm_is_documented() -> None:
    assert _documented() == ALARMS


def test_every_name_of_an_alarm_in_the_code_is_listed() -> None:
    assert _raised() == ALARMS
    assert Path(alarms.__file__).parent == ROOT / "node" / "indexer"
