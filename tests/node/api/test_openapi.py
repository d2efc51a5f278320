"""Generated requests against a real server: no 5xx, no undocumented status, answers as they are described.

`make test` plays a short form; `make fuzz` sets OPENAPI_EXAMPLES to requests for each operation.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from anchoring.batch import Batch
from node.api.answer_schemas import ANSWERS
from tests.node.api.conftest import KAUNAS
from tests.node.api.world import World, digests

pytestmark = pytest.mark.enable_socket

EXAMPLES = int(os.environ.get("OPENAPI_EXAMPLES", "8"))
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
LEAVES = digests("generated", "requests")


@pytest.fixture(scope="module")
def generated(small: World) -> Any:
    """The served document, read by schemathesis; something is anchored that generated requests can find."""
    small.anchor(KAUNAS, LEAVES)
    return schemathesis.openapi.from_dict(small.ok("/openapi.json"))


def operations(schema: Any) -> Iterator[APIOperation[Any, Any, Any, Any]]:
    for result in schema.get_all_operations():
        yield result.ok()


def existing(small: World) -> dict[str, str]:
    """Values of path parameters that lead somewhere."""
    schema_ids = [item["schemaId"] for item in small.ok("/trusted-schemas-registry/v3/schemas")["items"]]
    return {
        "did": KAUNAS.did,
        "root": Batch.from_digests(LEAVES).root.hex(),
        "size": str(len(LEAVES)),
        "digest": LEAVES[0].hex(),
        "attribute_id": KAUNAS.attribute_id.hex(),
        "revision_id": KAUNAS.attribute_id.hex(),
        **({"schema_id": schema_ids[0]} if schema_ids else {}),
    }


def play(operation: Any, mode: GenerationMode, small: World, *, examples: int) -> None:
    """Send generated requests of one operation, and hold every answer against its description."""
    known = existing(small)

    @given(case=operation.as_strategy(generation_mode=mode), existing=st.booleans())
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    def one(case: Any, *, existing: bool) -> None:
        if existing and case.path_parameters:
            for name in case.path_parameters.keys() & known.keys():
                case.path_parameters[name] = known[name]
        case.call_and_validate(base_url=small.url, checks=list(CHECKS), timeout=60)

    one()


def test_every_operation_answers_as_it_is_described(small: World, generated: Any) -> None:
    for operation in operations(generated):
        play(operation, GenerationMode.POSITIVE, small, examples=EXAMPLES)


def test_requests_that_break_the_description_are_answered_as_described(small: World, generated: Any) -> None:
    played = 0
    for operation in operations(generated):
        with suppress(Unsatisfiable):  # any text is a schema's id or a DID of some method
            play(operation, GenerationMode.NEGATIVE, small, examples=EXAMPLES)
            played += 1
    assert played > 20


def test_every_operation_describes_its_answers(generated: Any) -> None:
    for operation in operations(generated):
        responses = operation.definition.raw["responses"]
        assert "422" not in responses
        assert {"400", "429", "503"} <= set(responses), operation.label
        good = next(responses[status] for status in ("200", "202") if status in responses)
        assert good["content"], operation.label
        assert all("schema" in described for described in good["content"].values()), operation.label


def test_no_described_operation_is_gone(generated: Any) -> None:
    assert set(ANSWERS) <= {operation.label for operation in operations(generated)}
