"""What a verdict asks of a micro-credential is what its reading says, and no stranger can harm either."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from credentials.microcredential import MANDATORY, MicroCredential, paths_present, read_micro_credential
from credentials.microcredential_elements import ALL, StandardElement
from credentials.microcredential_values import MAX_TEXT
from tests.corruptions import as_mapping, corrupted_json

from .micro_credentials import ACHIEVEMENT, BADGE, EBSI, EBSI_EARLIER, ELM, changed

CLAIM = "credentialSubject.hasClaim"
SHAPES = (ELM, EBSI, EBSI_EARLIER, BADGE)
TEXTS = {
    "title",
    "learning_outcomes",
    "assessment",
    "participation",
    "quality_assurance",
    "awarding_body",
    "learner",
}
"""Elements of words alone: a verdict does not weigh which words of several a person would be shown."""


def _agree(members: Any) -> None:
    present, found = paths_present(members), read_micro_credential({**members, "type": "MicroCredential"})
    assert found is not None
    for element in MANDATORY:
        state, path, problem = element.state(present)
        shown = found.element(element.name)
        if element.name not in TEXTS:
            assert (state, path) == (shown.state, shown.path), element.name
        assert (state == "missing") == (shown.state == "missing")
        assert (problem is None) == (state != "malformed")
        assert (path is None) == (state == "missing")


@pytest.mark.parametrize("members", SHAPES)
def test_the_states_of_a_verdict_are_those_of_the_reading(members: dict[str, Any]) -> None:
    _agree(members)


@given(st.sampled_from(SHAPES).flatmap(corrupted_json))
@example({"credentialSubject": {"hasClaim": [[[ACHIEVEMENT]]]}})
@example({"credentialSubject": [{"title": [{"@language": "de", "@value": "Titel"}, 7]}]})
@example({"credentialSubject": {"hasClaim": {"title": [{"@language": 7}, {"@value": 1, "@language": "en"}]}}})
@example(
    {
        "credentialSubject": {
            "hasClaim": {"specifiedBy": {"eqfLevel": {"id": []}, "creditPoint": {"point": "٣"}}}
        }
    }
)
def test_hostile_members_are_read_in_plain_bounded_text(value: Any) -> None:
    members = as_mapping(value)
    _agree(members)
    found = read_micro_credential({**members, "type": "MicroCredential"}, "de")
    assert found is not None
    _plain(found)


def _plain(found: MicroCredential) -> None:
    for element in found.elements:
        texts = [*element.values, element.path or "", element.problem or ""]
        assert all(text.isprintable() for text in texts)
        assert all(len(text) <= MAX_TEXT + 40 for text in texts)
        assert len(element.values) <= 16
    assert json.dumps(found.to_json())


def test_lists_and_depth_are_bounded() -> None:
    deep: Any = "deep"
    for _ in range(100_000):
        deep = [deep]
    wide = changed(ELM, f"{CLAIM}.title", [f"title {number}" for number in range(100_000)])
    found = read_micro_credential(wide)
    assert found is not None
    assert len(found.element("title").values) == 16
    assert read_micro_credential(changed(ELM, f"{CLAIM}.title", deep)) is not None
    assert paths_present(changed(ELM, f"{CLAIM}.title", deep))
    nested: Any = {}
    for _ in range(100_000):
        nested = {"noteLiteral": nested}
    assert read_micro_credential(changed(ELM, f"{CLAIM}.provenBy.grade", nested)) is not None


@given(
    st.lists(
        st.sampled_from(["Ana", "\x1b]0;title\x07", "\x9b2J", "\u202eevil", "a\nb", "\u2066x"]), min_size=1
    )
)
def test_no_text_commands_a_terminal(parts: list[str]) -> None:
    evil = "".join(parts)
    members: Any = changed(
        changed(ELM, f"{CLAIM}.title", evil), "credentialSubject.fullName", {evil: evil, "en": evil}
    )
    found = read_micro_credential(members)
    assert found is not None
    _plain(found)
    assert found.title is None or found.title.isprintable()
    assert found.learner is None or found.learner.isprintable()


def test_what_is_malformed_before_stands_though_another_place_is_well() -> None:
    level = changed(ELM, f"{CLAIM}.specifiedBy.eqfLevel", 9)
    state, path, problem = _element("level").state(paths_present(level))
    assert (state, problem) == ("malformed", "is no EQF level of 1 to 8")
    assert path == f"{CLAIM}.specifiedBy.eqfLevel"
    two = {"credentialSubject": {"hasClaim": [{"specifiedBy": {"eqfLevel": level}} for level in (5, 9)]}}
    assert _element("level").state(paths_present(two))[0] == "malformed"
    date = {"issued": "2026-11-21T00:00:00Z", "validFrom": "never", "credentialSubject": {"hasClaim": {}}}
    assert _element("date_of_issuing").state(paths_present(date))[0] == "present"


def _element(name: str) -> StandardElement:
    return next(element for element in ALL if element.name == name)
