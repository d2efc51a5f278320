"""Check 9: the European standard elements of a micro-credential. It informs, and decides nothing."""

from functools import lru_cache

from credentials.case import Case
from credentials.microcredential import MANDATORY, is_micro_credential, standard_elements
from credentials.verdict import PROFILE, CheckResult, Outcome


def check_profile(case: Case) -> CheckResult:
    """Which standard elements the credential has, if it is a micro-credential."""
    credential = case.credential
    if not is_micro_credential(credential.members, credential.types):
        sentence = "It is no micro-credential, of which Europe has standard elements."
        return CheckResult(PROFILE, Outcome.NOT_APPLICABLE, sentence, reason="no_micro_credential")
    return _result(standard_elements(credential.members))


@lru_cache(maxsize=256)
def _result(paths: tuple[str | None, ...]) -> CheckResult:
    """The result where the elements stand at these paths: the same for all credentials of one shape."""
    evidence = {
        "elements": [
            {"name": element.name, "path": path} for element, path in zip(MANDATORY, paths, strict=True)
        ]
    }
    missing = [element.label for element, path in zip(MANDATORY, paths, strict=True) if path is None]
    if missing:
        sentence = (
            f"It has {len(paths) - len(missing)} of the {len(paths)} standard elements of a European "
            f"micro-credential; missing: {', '.join(missing)}."
        )
        return CheckResult(PROFILE, Outcome.FAILED, sentence, evidence, reason="elements_missing")
    sentence = f"It has all {len(paths)} standard elements of a European micro-credential."
    return CheckResult(PROFILE, Outcome.PASSED, sentence, evidence)
