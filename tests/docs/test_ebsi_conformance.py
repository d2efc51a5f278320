"""docs/ebsi-conformance.md says what the node does: each line is asked, and no route is without one."""

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute

from node import app as application
from node.services.policy_calls import TRUSTED_POLICIES_REGISTRY
from node.services.registry_calls import DID_REGISTRY, TRUSTED_ISSUERS_REGISTRY, TRUSTED_SCHEMAS_REGISTRY
from node.services.timestamp_calls import TIMESTAMP as TIMESTAMP_REGISTRY
from tests.docs.conformance.answers import complaints
from tests.docs.conformance.asking import ask
from tests.docs.conformance.calls import DIDR, TIMESTAMP, TIR, TPR, TSR
from tests.docs.conformance.rows import ROOT, Row, rows
from tests.docs.conformance.town import Town, town
from tests.ledger import DeployedState

_OF_EBSI = re.compile(r"/[a-z-]+/v\d+/")
_REGISTRIES = {
    DIDR: DID_REGISTRY,
    TIR: TRUSTED_ISSUERS_REGISTRY,
    TSR: TRUSTED_SCHEMAS_REGISTRY,
    TPR: TRUSTED_POLICIES_REGISTRY,
    TIMESTAMP: TIMESTAMP_REGISTRY,
}


@pytest.fixture(scope="module")
def walked(deployed_state: DeployedState, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(deployed_state, tmp_path_factory.mktemp("walked")) as made:
        yield made


@pytest.mark.enable_socket
def test_the_node_answers_as_every_line_says(walked: Town) -> None:
    wrong = [
        f"{row.name}: {complaint}"
        for row in rows()
        if row.method
        for complaint in complaints(row, ask(walked, row))
    ]
    assert not wrong, "\n".join(wrong)


def test_every_line_that_no_request_can_keep_is_kept_by_a_test() -> None:
    for row in rows():
        assert bool(row.method) != bool(row.kept_by), row.name
        if row.kept_by:
            path, _, name = row.kept_by.partition("::")
            assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), row.name


def _routes() -> Iterator[tuple[str, APIRoute]]:
    for api in application._APIS:
        for route in api.router.routes:
            assert isinstance(route, APIRoute)
            if _OF_EBSI.match(route.path):
                yield from ((method, route) for method in route.methods or ())


def _lines_of(method: str, route: APIRoute, lines: list[Row]) -> list[Row]:
    return [
        row
        for row in lines
        if row.method == method and route.path_regex.fullmatch((row.base + row.path).partition("?")[0])
    ]


def test_every_route_and_every_parameter_of_it_has_a_line() -> None:
    lines = [row for row in rows() if row.state != "not served"]
    missing = []
    for method, route in _routes():
        told = _lines_of(method, route, lines)
        if not told:
            missing.append(f"{method} {route.path}")
        asked = {
            name.partition("=")[0] for row in told for name in row.path.partition("?")[2].split("&") if name
        }
        missing += [f"{method} {route.path}?{name}" for name in sorted(_parameters(route) - asked)]
    assert not missing, "\n".join(missing)


def _parameters(route: APIRoute) -> set[str]:
    dependants = [route.dependant]
    for dependant in dependants:
        dependants.extend(dependant.dependencies)
    return {parameter.alias for dependant in dependants for parameter in dependant.query_params}


def test_every_method_of_a_registry_has_a_line() -> None:
    lines = [row for row in rows() if row.state != "not served" and row.path == "/jsonrpc"]
    for base, registry in _REGISTRIES.items():
        told = {row.call for row in lines if row.base == base}
        assert told >= {*registry.methods, "sendSignedTransaction"}, base
