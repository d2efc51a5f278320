from typing import Any

from node.client.further_claims import MOST_CLAIMS, FurtherClaim, further_claims


def _told(claims: dict[str, Any], *without: str) -> dict[str, str]:
    return {claim.path: claim.value for claim in further_claims(claims, without=without).shown}


def test_each_value_is_told_with_its_path() -> None:
    claims = {
        "degree": {"name": "Master", "ects": 120},
        "skills": ["reading", ["arithmetic"]],
        "honours": False,
        "minor": None,
        "theses": [],
        "id": "did:key:z1",
    }
    assert _told(claims, "id") == {
        "degree / name": "Master",
        "degree / ects": "120",
        "skills 1": "reading",
        "skills 2 1": "arithmetic",
        "honours": "false",
        "minor": "null",
        "theses": "empty",
    }


def test_claims_are_bounded_in_number_length_and_depth_and_say_so() -> None:
    many = further_claims({f"c{number}": number for number in range(MOST_CLAIMS + 1)}, without=())
    assert (len(many.shown), many.more) == (MOST_CLAIMS, True)
    few = further_claims({f"c{number}": number for number in range(MOST_CLAIMS)}, without=())
    assert (len(few.shown), few.more) == (MOST_CLAIMS, False)
    (long,) = further_claims({"n" * 400: "v" * 400}, without=()).shown
    assert long == FurtherClaim("n" * 300 + "…", "v" * 300 + "…")
    deep: Any = "found"
    for _ in range(9):
        deep = {"a": deep}
    assert set(_told(deep).values()) == {"…"}


def test_no_claim_commands_a_terminal() -> None:
    told = _told({"\x1b[2J": "\u202eOna\n\x07"})
    assert told == {"\ufffd[2J": "\ufffdOna\ufffd\ufffd"}
