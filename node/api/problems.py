"""Every refusal as a problem document (RFC 9457): one table from exception class to status, code and title.

No other module knows HTTP statuses of errors. Under EBSI's paths the type is `about:blank` and a bad
request is titled as there (ebsi-api section 1.2).
"""

import logging
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from anchoring.errors import MalformedEntry
from credentials.errors import PolicyRefused, TimeNotCome, TooManyCredentials
from credentials.policy import RELAXABLE
from did.errors import InvalidDid, InvalidHistory
from node import errors as inner
from node.api import errors as api
from node.api.caching import json_bytes
from node.services import authorisation_errors as authorisation
from node.services import errors as services
from node.services import list_errors as lists
from node.services import registry_errors as registries

_LOG = logging.getLogger("node.api")
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
EBSI_PATHS = (
    "/did-registry/",
    "/trusted-issuers-registry/",
    "/trusted-schemas-registry/",
    "/trusted-policies-registry/",
    "/timestamp/",
    "/authorisation/",
    "/ledger/",
)
_SERVICE = re.compile(r"/[a-z-]+/v[0-9]+(/.*)?", re.DOTALL)
"""A service of EBSI's, whether it is served here or not: Track and Trace, for one, is not."""
_INTERNAL = "The server encountered an internal error and was unable to complete your request"

_A_WORD = re.compile(r"[a-z]+[ ,]")

_LEDGER_UNAVAILABLE = "The ledger does not answer. What this node has followed can still be read."
_DATABASE_UNAVAILABLE = "The node's database does not answer. Nothing of this request was kept."
"""The errors' own sentences name the operator's endpoints, which are no business of clients."""


@dataclass(frozen=True, slots=True)
class Problem:
    """How one class of errors is told to a client.

    Attributes:
        status: HTTP status.
        code: the stable name, last part of the problem's type.
        title: the same for every occurrence.
    """

    status: int
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a client is told of one error.

    Attributes:
        problem: its class.
        detail: one sentence on this occurrence.
        headers: of the answer.
    """

    problem: Problem
    detail: str
    headers: Mapping[str, str]


INTERNAL_ERROR = Problem(500, "internalError", "Internal Server Error")

PROBLEMS: Mapping[type[Exception], Problem] = {
    api.InvalidJson: Problem(400, "invalidJson", "Invalid JSON"),
    api.InvalidRequest: Problem(400, "invalidRequest", "Invalid Request"),
    api.BodyTooLarge: Problem(413, "tooLarge", "Content Too Large"),
    api.BodyTooSlow: Problem(408, "tooSlow", "Request Timeout"),
    api.Busy: Problem(503, "busy", "Busy"),
    api.TooManyRequests: Problem(429, "tooManyRequests", "Too Many Requests"),
    api.TooManyConnections: Problem(429, "tooManyConnections", "Too Many Connections"),
    api.TooManyClients: Problem(503, "tooManyClients", "Too Many Clients"),
    api.MalformedRequest: Problem(400, "malformedRequest", "Malformed Request"),
    api.HeadTooLarge: Problem(431, "headTooLarge", "Request Header Fields Too Large"),
    api.HeadTooSlow: Problem(408, "headTooSlow", "Request Timeout"),
    api.UnsupportedMediaType: Problem(415, "unsupportedMediaType", "Unsupported Media Type"),
    api.NotAcceptable: Problem(406, "notAcceptable", "Not Acceptable"),
    api.UnknownParameter: Problem(400, "unknownParameter", "Unknown Parameter"),
    api.InvalidParameter: Problem(400, "invalidParameter", "Invalid Parameter"),
    api.InvalidDigest: Problem(400, "invalidDigest", "Invalid Digest"),
    api.NotFound: Problem(404, "notFound", "Not Found"),
    api.MethodNotAllowed: Problem(405, "methodNotAllowed", "Method Not Allowed"),
    authorisation.AccessRefused: Problem(401, "unauthorized", "Unauthorized"),
    InvalidDid: Problem(400, "invalidDid", "Invalid DID"),
    services.WrongDigestSize: Problem(400, "wrongDigestSize", "Wrong Digest Size"),
    services.EmptyBatch: Problem(400, "emptyBatch", "Empty Batch"),
    services.TooManyDigests: Problem(400, "tooManyDigests", "Too Many Digests"),
    services.UnsortedBatch: Problem(400, "unsortedBatch", "Unsorted Batch"),
    services.DuplicateDigest: Problem(400, "duplicateDigest", "Duplicate Digest"),
    services.RootDiffers: Problem(400, "rootMismatch", "Root Mismatch"),
    services.InvalidBatchSignature: Problem(400, "invalidSignature", "Invalid Signature"),
    services.NotTheIssuer: Problem(403, "notTheIssuer", "Not The Issuer"),
    services.NotAccredited: Problem(409, "notAccredited", "Not Accredited"),
    services.TooManyPending: Problem(429, "tooManyPending", "Too Many Pending Batches"),
    services.TooMuchWaiting: Problem(503, "tooMuchWaiting", "Too Much Waiting"),
    services.BatchNotFound: Problem(404, "batchNotFound", "Batch Not Found"),
    services.BatchNotAnchored: Problem(409, "batchNotAnchored", "Batch Not Anchored"),
    services.LeavesUnavailable: Problem(404, "leavesUnavailable", "Leaves Unavailable"),
    services.AnotherTransactionKept: Problem(409, "anotherTransactionKept", "Another Transaction Is Kept"),
    services.TooManyTransactions: Problem(429, "tooManyTransactions", "Too Many Transactions"),
    services.TransactionNotFound: Problem(404, "transactionNotFound", "Transaction Not Found"),
    services.LogSizeUnknown: Problem(404, "logSizeUnknown", "Log Size Unknown"),
    services.ProjectionDamaged: Problem(500, "projectionDamaged", "Projection Damaged"),
    services.IdentifierNotFound: Problem(404, "identifierNotFound", "Identifier Not Found"),
    services.IssuerNotFound: Problem(404, "issuerNotFound", "Issuer Not Found"),
    services.AttributeNotFound: Problem(404, "attributeNotFound", "Attribute Not Found"),
    services.RevisionNotFound: Problem(404, "revisionNotFound", "Revision Not Found"),
    services.MetadataNotFound: Problem(404, "metadataNotFound", "Metadata Not Found"),
    services.ControllerNotFound: Problem(404, "controllerNotFound", "Not Found"),
    services.TooManyToShow: Problem(400, "tooManyToShow", "Too Many To Show"),
    services.SchemaNotFound: Problem(404, "schemaNotFound", "Schema Not Found"),
    registries.PolicyNotFound: Problem(404, "policyNotFound", "Policy Not Found"),
    registries.UserNotFound: Problem(404, "userNotFound", "User Not Found"),
    registries.HashAlgorithmNotFound: Problem(404, "hashAlgorithmNotFound", "Hash Algorithm Not Found"),
    registries.TimestampNotFound: Problem(404, "timestampNotFound", "Timestamp Not Found"),
    registries.RecordNotFound: Problem(404, "recordNotFound", "Record Not Found"),
    registries.VersionNotFound: Problem(404, "versionNotFound", "Version Not Found"),
    PolicyRefused: Problem(400, "policyRefused", "Policy Refused"),
    TimeNotCome: Problem(400, "timeNotCome", "Time Not Come"),
    TooManyCredentials: Problem(400, "tooManyCredentials", "Too Many Credentials"),
    services.PayloadNotFound: Problem(404, "payloadNotFound", "Payload Not Found"),
    lists.ListRefused: Problem(400, "invalidStatusList", "Invalid Status List Credential"),
    lists.ListMisplaced: Problem(400, "misplacedStatusList", "Misplaced Status List"),
    lists.TooManyUnpublished: Problem(429, "tooManyUnpublished", "Too Many Unpublished Lists"),
    lists.ProxyNotFound: Problem(404, "proxyNotFound", "Proxy Not Found"),
    lists.ListNotFound: Problem(404, "statusListNotFound", "Status List Not Found"),
    lists.ListUnavailable: Problem(503, "statusListUnavailable", "Unavailable Status List Credential"),
    lists.ListUnreachable: Problem(500, "statusListUnreachable", "Unreachable Status List Credential"),
    lists.ListInvalid: Problem(500, "statusListInvalid", "Invalid Status List Credential"),
    inner.MalformedTransaction: Problem(400, "malformedTransaction", "Malformed Transaction"),
    inner.WrongSender: Problem(400, "wrongSender", "Wrong Sender"),
    inner.WrongChain: Problem(400, "wrongChain", "Wrong Chain"),
    inner.WrongContract: Problem(400, "wrongContract", "Wrong Contract"),
    inner.WrongFunction: Problem(400, "wrongFunction", "Wrong Function"),
    inner.WrongArguments: Problem(400, "wrongArguments", "Wrong Arguments"),
    inner.WrongValue: Problem(400, "wrongValue", "Wrong Value"),
    services.NodeBehind: Problem(503, "nodeBehind", "Node Behind"),
    inner.LedgerUnavailable: Problem(503, "ledgerUnavailable", "Ledger Unavailable"),
    inner.DatabaseUnavailable: Problem(503, "databaseUnavailable", "Database Unavailable"),
    inner.LedgerRefused: Problem(502, "ledgerRefused", "Ledger Refused"),
    inner.MalformedLedgerAnswer: Problem(502, "malformedLedgerAnswer", "Malformed Ledger Answer"),
    inner.TransactionReverted: Problem(409, "contractRefused", "Contract Refused"),
    MalformedEntry: Problem(500, "projectionDamaged", "Projection Damaged"),
    InvalidHistory: Problem(500, "projectionDamaged", "Projection Damaged"),
}


def problem_response(
    request: Request, problem: Problem, detail: str, *, headers: Mapping[str, str] | None = None
) -> Response:
    """Return `problem` as a problem document (RFC 9457 section 3)."""
    kind, title = f"urn:ankyra:problem:{problem.code}", problem.title
    if _is_ebsis(request.url.path):
        kind = "about:blank"
        title = "Bad Request" if problem.status == 400 else title  # noqa: PLR2004 -- HTTP's number
    body = {
        "type": kind,
        "title": title,
        "status": problem.status,
        "detail": detail,
        "code": problem.code,
    }
    extra = {"Retry-After": str(RETRY_AFTER_SECONDS)} if problem.status == 503 else {}  # noqa: PLR2004 -- likewise
    return Response(
        json_bytes(body),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store"} | extra | dict(headers or {}),
    )


def _is_ebsis(path: str) -> bool:
    return path.startswith(EBSI_PATHS) or _SERVICE.fullmatch(path) is not None


def problem_of(error: Exception) -> Problem:
    """Return the problem of the nearest class of `error` in the table; what is not in it is internal."""
    for kind in type(error).__mro__:
        if issubclass(kind, Exception) and kind in PROBLEMS:
            return PROBLEMS[kind]
    return INTERNAL_ERROR


def internal_error(request: Request, error: BaseException) -> Response:
    """Return a 500 that names an id, and write that id with the trace into the log: never into the answer."""
    incident = secrets.token_hex(8)
    _LOG.error("internal error %s", incident, exc_info=error)
    return problem_response(request, INTERNAL_ERROR, f"{_INTERNAL} (id {incident})")


def install(app: FastAPI) -> None:
    """Make `app` answer every known error, the framework's own included, by this table."""
    for kind in PROBLEMS:
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, unrouted)


def known_problem(request: Request, error: Exception) -> Response:
    """Return the answer to an error of the table, with `Retry-After` where the error knows when."""
    told = told_of(error, whole=not _is_ebsis(request.url.path))  # there the words are EBSI's
    assert told is not None
    return problem_response(request, told.problem, told.detail, headers=told.headers)


def told_of(error: Exception, *, whole: bool = True) -> Told | None:
    """Return how an error of the table is told, or None of one that is not in it.

    Args:
        error: whatever a route raised.
        whole: whether the sentence shall stand alone, as a sentence does.
    """
    problem = problem_of(error)
    if problem is INTERNAL_ERROR:
        return None
    detail = str(error)
    if isinstance(error, inner.LedgerUnavailable):
        detail = _LEDGER_UNAVAILABLE
    elif isinstance(error, inner.DatabaseUnavailable):
        detail = _DATABASE_UNAVAILABLE
    elif isinstance(error, PolicyRefused):
        named = repr(error.name[:64]) if error.name else "A check without a name (is there a comma too many?)"
        detail = f"{named} cannot be relaxed; these can be: {', '.join(RELAXABLE)}."
    elif whole:
        detail = _whole(detail)
    after = getattr(error, "retry_after", None)
    headers = {} if after is None else {"Retry-After": str(after)}
    if isinstance(error, authorisation.AccessRefused):
        headers = {"WWW-Authenticate": error.www_authenticate}
    return Told(problem, detail, headers)


async def _known(request: Request, error: Exception) -> Response:
    return known_problem(request, error)


def _whole(sentence: str) -> str:
    """The sentence as it stands alone: errors of inner rooms are written to stand behind a colon."""
    if sentence.endswith((".", "?", "!")):
        return sentence
    begun = sentence[:1].upper() + sentence[1:] if _A_WORD.match(sentence) else sentence
    return f"{begun}."


async def _malformed(request: Request, error: Exception) -> Response:
    """Tell which parameter FastAPI itself refused, without repeating its value."""
    assert isinstance(error, RequestValidationError)
    places = ", ".join(".".join(str(part) for part in item["loc"]) for item in error.errors())
    return problem_response(request, PROBLEMS[api.InvalidParameter], f"Missing or malformed: {places}.")


def _with_head(headers: Mapping[str, str] | None) -> dict[str, str]:
    """The headers with HEAD allowed where GET is: it is answered for every one of them."""
    given = dict(headers or {})
    methods = given.get("Allow", "").split(", ")
    if "GET" in methods and "HEAD" not in methods:
        given["Allow"] = ", ".join([*methods, "HEAD"])
    return given


async def unrouted(request: Request, error: Exception) -> Response:
    """Answer for the framework where no route took the request."""
    assert isinstance(error, HTTPException)
    if error.status_code == 405:  # noqa: PLR2004 -- HTTP's number
        return problem_response(
            request,
            PROBLEMS[api.MethodNotAllowed],
            f"{request.method} is not served here.",
            headers=_with_head(error.headers),
        )
    if error.status_code == 404:  # noqa: PLR2004 -- likewise
        return problem_response(request, PROBLEMS[api.NotFound], "Nothing stands under this path.")
    return problem_response(request, PROBLEMS[api.InvalidRequest], str(error.detail))
