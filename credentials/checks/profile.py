"""Check 9: the European standard elements of a micro-credential. It informs, and decides nothing."""

from functools import lru_cache

from credentials.case import Case
from credentials.microcredential import MANDATORY, is_micro_credential, members_of, paths_present
from credentials.microcredential_elements import Found
from credentials.verdict import PROFILE, CheckResult, Outcome


def check_profile(case: Case) -> CheckResult:
    """Which standard elements the credential has, if it is a micro-credential.

    The evidence names states and paths; values are read by `read_micro_credential` for who asks for them.
    """
    present = paths_present(members_of(case.credential))
    if not is_micro_credential(case.credential.types, present):
        sentence = "It is no micro-credential, of which Europe has standard elements."
        return CheckResult(PROFILE, Outcome.NOT_APPLICABLE, sentence, reason="no_micro_credential")
    return _result(present)


@lru_cache(maxsize=256)
def _result(present: frozenset[Found]) -> CheckResult:
    """The result where these paths lead to something: the same for all credentials of one shape."""
    found = [(element, *element.state(present)) for element in MANDATORY]
    evidence = {
        "elements": [
            {"name": element.name, "path": path, "state": state, "problem": problem}
            for element, state, path, problem in found
        ]
    }
    missing = [element.label for element, state, _, _ in found if state == "missing"]
    malformed = [f"{element.label} {problem}" for element, state, _, problem in found if state == "malformed"]
    if missing or malformed:
        there = len(found) - len(missing) - len(malformed)
        lists = [("missing", missing), ("malformed", malformed)]
        said = "; ".join(f"{name}: {', '.join(labels)}" for name, labels in lists if labels)
        sentence = (
            f"It has {there} of the {len(found)} standard elements of a European micro-credential; {said}."
        )
        return CheckResult(PROFILE, Outcome.FAILED, sentence, evidence, reason="elements_missing")
    sentence = f"It has all {len(found)} standard elements of a European micro-credential."
    return CheckResult(PROFILE, Outcome.PASSED, sentence, evidence)
