"""Check 0: the document was parsed strictly, one mechanism secures it, its model's rules hold, one issuer."""

from typing import Final

from credentials.case import Case
from credentials.errors import MalformedCredential, NotJudged
from credentials.securing.sd_jwt import SdJwt
from credentials.verdict import FORMAT, CheckResult, Outcome

_MECHANISMS: Final = {
    "vc-jwt": "VC-JWT",
    "vc-jose": "JWT (vc+jwt)",
    "sd-jwt-vc": "SD-JWT",
    "jades": "seal (JAdES)",
    "data-integrity": "JSON-LD document with a Data Integrity proof",
    "ed25519-signature-2020": "JSON-LD document with a proof",
    "embedded-proof": "JSON-LD document with a proof",
}
_MAY_BE_HIDDEN: Final = {"nbf": "a beginning", "exp": "an end", "status": "a status"}
"""Claims that no issuer may let a holder withhold; none who keeps that rule hides one."""


def format_passed(case: Case) -> CheckResult:
    """The result for a credential that `read_secured` has returned."""
    secured, credential = case.secured, case.credential
    return CheckResult(
        FORMAT,
        Outcome.PASSED,
        f"A credential of the data model {credential.version}, secured as {_MECHANISMS[secured.mechanism]}.",
        {
            "mechanism": secured.mechanism,
            "dataModel": credential.version,
            "types": list(credential.types),
            "algorithm": secured.algorithm,
            "verificationMethod": secured.verification_method,
        },
        _hidden(case),
    )


def _hidden(case: Case) -> tuple[str, ...]:
    """The finding where claims are withheld and one that decides is not there: nobody can tell which."""
    parts = case.secured.parts
    if not isinstance(parts, SdJwt) or not parts.lacks_claims:
        return ()
    named = [what for name, what in _MAY_BE_HIDDEN.items() if name not in parts.disclosed.members]
    if not named:
        return ()
    hidden = " or ".join(named)
    said = "Claims are withheld, or it looks so: an issuer that breaks SD-JWT's rules could have hidden"
    return (f"{said} {hidden} among them.",)


def format_refused(error: MalformedCredential) -> CheckResult:
    """The result for a document that `read_secured` has refused.

    A known form that nothing here judges is not determinable: it may well be genuine.
    """
    if isinstance(error, NotJudged):
        return CheckResult(
            FORMAT,
            Outcome.NOT_DETERMINABLE,
            f"The document cannot be judged here: {error.reason}.",
            reason="not_judged",
        )
    return CheckResult(
        FORMAT,
        Outcome.FAILED,
        f"The document is no credential that keeps the rules: {error.reason}.",
        reason="malformed",
    )
