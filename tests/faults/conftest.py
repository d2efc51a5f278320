"""The world that every fault befalls, made once for a pytest process."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.crash.processes import Program
from tests.faults.template import Template, World, make_template, world_of

MakeWorld = Callable[..., AbstractContextManager[World]]


@pytest.fixture(scope="session")
def program() -> Iterator[Program]:
    with Program() as loaded:
        yield loaded


@pytest.fixture(scope="session")
def template(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("template"), program)


@pytest.fixture
def a_world(template: Template, program: Program, tmp_path: Path) -> MakeWorld:
    """Makes a copy of the world in this test's folder."""

    def make(**given: object) -> AbstractContextManager[World]:
        return world_of(template, tmp_path, program, **given)  # type: ignore[arg-type]  # as the callee says

    return make
