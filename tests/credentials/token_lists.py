"""Token Status Lists that the university of a `Desk` publishes, and the tokens that point into them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from anchoring.bitstring import BitString
from anchoring.token_status_list import TokenStatusList
from credentials.checks.status import check_status
from credentials.securing.jose import sign_compact
from credentials.status_list_token import TYPE, sign_status_list_token
from credentials.verdict import CheckResult
from tests.credentials.checks.status_cases import INDEX, Desk
from tests.credentials.ledger import DAY, Key
from tests.credentials.sd_jwt_world import issue_by_vct

BITS = 524_288
"""Of a list with 131,072 statuses of four bits, or 262,144 of two."""


def token_list(statuses: Mapping[int, int], *, size: int = 4, bits: int = BITS) -> TokenStatusList:
    """A list with these statuses, all others VALID."""
    made = BitString.empty(bits // size, size=size)
    for index, status in statuses.items():
        made = made.with_set([index], status=status)
    return TokenStatusList(made)


@dataclass
class TokenDesk(Desk):
    """A desk whose list is a token."""

    purpose: str = "status_list"

    def publish_token(
        self,
        statuses: Mapping[int, int] | None = None,
        *,
        size: int = 4,
        bits: int = BITS,
        claims: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
        key: Key | None = None,
        **published: Any,
    ) -> bytes:
        """Sign and publish a list; `claims` and `header` are laid over it, None takes one away."""
        text = self.token(statuses, size=size, bits=bits, claims=claims, header=header, key=key)
        published = {"purpose": self.purpose, "bits": bits, **published}
        return self.world.publish_list(self.university, self.url, text=text, **published)

    def token(
        self,
        statuses: Mapping[int, int] | None = None,
        *,
        size: int = 4,
        bits: int = BITS,
        claims: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
        key: Key | None = None,
    ) -> bytes:
        """A signed list."""
        key = self.university.key if key is None else key
        status_list = token_list(statuses or {}, size=size, bits=bits)
        if claims is None and header is None:
            return sign_status_list_token(
                status_list,
                sub=self.url,
                issued_at=self.now,
                expires=self.now + 30 * DAY,
                ttl=43_200,
                kid=self.university.kid,
                key=key.private,
            ).encode()
        said = {
            "sub": self.url,
            "iat": self.now,
            "exp": self.now + 30 * DAY,
            "status_list": status_list.to_json(),
            **(claims or {}),
        }
        named = {"typ": TYPE, "kid": self.university.kid, **(header or {})}
        return sign_compact(
            header={name: value for name, value in named.items() if value is not None},
            payload=json.dumps({name: value for name, value in said.items() if value is not None}).encode(),
            key=key.private,
        ).encode()

    def status(self, **changes: Any) -> dict[str, Any]:
        """The claim `status` that points into the list."""
        return {"status_list": {"idx": INDEX, "uri": self.url, **changes}}

    def judge_token(self, status: Mapping[str, Any] | None = None, *, at: int | None = None) -> CheckResult:
        """The check of an SD-JWT VC with this claim `status`, as of `at`."""
        sd_jwt = issue_by_vct(self.world, self.university, status=self.status() if status is None else status)
        return check_status(self.case(sd_jwt.encode(), at=at))
