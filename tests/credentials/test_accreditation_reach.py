"""How far an accreditation reaches: whose codes of territories count, by which schema one accredits."""

from typing import Any

import pytest

from credentials.registry_urls import RegistryUrls
from credentials.scope import read_scope, scope_within
from credentials.verdict import Outcome

from .accredited_country import accredited, judge
from .credential_makers import EUROPE, ORIGIN, covered
from .world import SCHEMA_URL

URLS = RegistryUrls((ORIGIN,))
AUTHORITY = EUROPE.removesuffix("EUR")


def _scope(jurisdiction: str) -> Any:
    return read_scope([covered(SCHEMA_URL, jurisdiction=jurisdiction)], URLS)


@pytest.mark.parametrize(
    ("stated", "within"),
    [
        (f"{AUTHORITY}LTU", True),
        (f"{AUTHORITY.replace('https:', 'http:')}LTU", True),
        (f"https://states.example/?{AUTHORITY}LTU", False),
        (AUTHORITY.removeprefix("https://") + "LTU", False),
        ("https://states.example/LTU", False),
        (f"{AUTHORITY}LTU/1", False),
        (f"{AUTHORITY}", False),
    ],
)
def test_only_the_unions_own_table_says_what_lies_in_europe(stated: str, *, within: bool) -> None:
    """Play the attack: a TAO invents an address that ends as the Union's does."""
    assert scope_within(_scope(stated), _scope(EUROPE)) is within


def test_a_tao_accredits_by_the_schema_of_accreditations_which_no_scope_names() -> None:
    """An accreditation is itself a credential, and is judged as one."""
    home = accredited()
    revisions = home.world.record.revisions_of(home.university.did, home.university.attribute_id)
    text = revisions[-1].body
    assert text is not None
    home.world.anchor(home.tao, [text])
    result = judge(home.world, text)
    assert (result.outcome, result.reason) == (Outcome.PASSED, None)
