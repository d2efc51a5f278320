"""The rules, the dashboard and the page on watching a node name what a node exports, and nothing else."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from node.app import application
from tests.credentials.world import country
from tests.node.api.world import served
from tests.node.projected import node_of

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "deploy" / "prometheus" / "alerts.yml"
BOARD = ROOT / "deploy" / "grafana" / "ankyra.json"
_NAME = re.compile(r"\bankyra_\w+")
_ENDINGS = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def _alerts() -> list[dict[str, Any]]:
    """The rules: JSON, which is YAML, so that no other reader is needed here."""
    groups = json.loads(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


@cache
def _panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(BOARD.read_text(encoding="utf-8"))["panels"]
    return found


def _asked() -> list[str]:
    """Every expression of rules and dashboard."""
    targets = [target["expr"] for panel in _panels() for target in panel.get("targets", [])]
    return [rule["expr"] for rule in _alerts()] + targets


def _rows() -> dict[str, list[str]]:
    """The rows of the page's table, by each metric that they name."""
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    section = page.partition("\n## Watching a node\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines()]
    return {name: row for row in rows for name in _NAME.findall(row[0])}


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Families of `/metrics` of a node, by name; the clients' own `_created` aside."""
    with (
        node_of(country().world, tmp_path_factory.mktemp("watched")) as node,
        served(application(node)) as url,
    ):
        text = httpx.get(f"{url}/metrics", trust_env=False).text
    families = text_string_to_metric_families(text)
    return {one.name: one.type for one in families if not one.name.endswith("_created")}


def _series(exported: dict[str, str]) -> set[str]:
    return {name + ending for name, kind in exported.items() for ending in _ENDINGS[kind]}


@pytest.mark.enable_socket
def test_rules_and_dashboard_ask_for_what_a_node_exports(exported: dict[str, str]) -> None:
    asked = {name for expression in _asked() for name in _NAME.findall(expression)}
    assert len(asked) >= 12
    assert asked <= _series(exported)


@pytest.mark.enable_socket
def test_the_page_says_of_every_figure_what_it_means_and_what_to_do(exported: dict[str, str]) -> None:
    shown = {name + ("_total" if kind == "counter" else "") for name, kind in exported.items()}
    assert _rows().keys() == shown
    assert all(len(row) == 3 and all(row) for row in _rows().values())


@pytest.mark.enable_socket
def test_the_dashboard_leaves_no_figure_out(exported: dict[str, str]) -> None:
    shown = " ".join(target["expr"] for panel in _panels() for target in panel.get("targets", []))
    assert [name for name in exported if name not in shown] == []


def test_every_alert_is_whole_and_sends_to_the_page() -> None:
    alerts = _alerts()
    assert len({rule["alert"] for rule in alerts}) == len(alerts) == 12
    for rule in alerts:
        assert rule.keys() == {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"\d+[mh]", rule["for"])
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert "docs/operating.md, Watching a node" in rule["annotations"]["description"]
        assert rule["alert"] in _page_of_alerts()


def _page_of_alerts() -> str:
    return (ROOT / "docs" / "operating.md").read_text(encoding="utf-8").partition("\n## Watching a node\n")[2]


@pytest.mark.parametrize("expression", _asked())
def test_every_expression_closes_what_it_opens(expression: str) -> None:
    waiting = []
    closes = {")": "(", "}": "{", "]": "["}
    for mark in re.sub(r"'[^']*'", "", expression):
        assert mark not in "'\""
        if mark in closes.values():
            waiting.append(mark)
        elif mark in closes:
            assert waiting.pop() == closes[mark]
    assert waiting == []


def test_every_panel_has_its_own_number_and_lies_beside_the_others() -> None:
    assert len({panel["id"] for panel in _panels()}) == len(_panels())
    taken: set[tuple[int, int]] = set()
    for panel in _panels():
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert max(x for x, _ in cells) < 24
        assert not cells & taken
        taken |= cells
