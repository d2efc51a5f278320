"""Check 9: the European standard elements of a micro-credential. It informs, and decides nothing."""

from functools import lru_cache

from credentials.case import Case
from credentials.microcredential import MANDATORY, is_micro_credential, paths_present
from credentials.microcredential_elements import Found
from credentials.verdict import PROFILE, CheckResult, Outcome


def check_profile(case: Case) -> CheckResult:
    """Which standard elements the credential has, if it is a micro-credential."""
    present = paths_present(case.credential.members)
    if not is_micro_credential(case.credential.types, present):
        sentence = "It is no micro-credential, of which Europe has standard elements."
        return CheckResult(PROFILE, Outcome.NOT_APPLICABLE, sentence, reason="no_micro_credential")
    return _result(present)


@lru_cache(maxsize=256)
def _result(present: frozenset[Found]) -> CheckResult:
    """The result where these paths lead to something: the same for all credentials of one shape."""
    found = [(element, element.found_at(present)) for element in MANDATORY]
    evidence = {"elements": [{"name": element.name, "path": path} for element, path in found]}
    missing = [element.label for element, path in found if path is None]
    if missing:
        sentence = (
            f"It has {len(found) - len(missing)} of the {len(found)} standard elements of a European "
            f"micro-credential; missing: {', '.join(missing)}."
        )
        return CheckResult(PROFILE, Outcome.FAILED, sentence, evidence, reason="elements_missing")
    sentence = f"It has all {len(found)} standard elements of a European micro-credential."
    return CheckResult(PROFILE, Outcome.PASSED, sentence, evidence)
