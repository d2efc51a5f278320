"""A country in memory: a Root TAO, a TAO and universities, whose keys, credentials and entries are real."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from anchoring.digest import secured_digest
from anchoring.merkle import MerkleTree
from credentials.ports import Anchor
from did.multibase import encode_base58btc

from .credential_makers import (
    ORIGIN,
    SCHEMAS,
    Edit,
    accreditation,
    covered,
    list_credential,
    micro_credential,
    sign,
)
from .ledger import DAY, Actor, Key, Ledger

ROOT_TAO, TAO, TI, REVOKED = 1, 2, 3, 4
SCHEMA = json.dumps(
    {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"credentialSubject": {"type": "object", "required": ["id", "hasClaim"]}},
        "required": ["credentialSubject"],
    }
).encode()
SCHEMA_URL = f"{SCHEMAS}/{encode_base58btc(sha256(SCHEMA).digest())}"


class World(Ledger):
    """A ledger on which organisations accredit, issue, anchor and publish."""

    # --- accreditations and schemas ---------------------------------------------------------------------

    def accredit(
        self,
        child: Actor,
        parent: Actor,
        issuer_type: int,
        *,
        attribute_id: bytes | None = None,
        text: bytes | None = None,
        **overrides: Any,
    ) -> bytes:
        """Record that `parent` accredits `child`, with a credential that says so; return the attribute's id.

        `text` replaces the credential, `overrides` go to `accreditation_text`.
        """
        attribute_id = sha256(self.secret()).digest() if attribute_id is None else attribute_id
        own = issuer_type == ROOT_TAO
        if attribute_id not in child.attributes:
            child.attributes.append(attribute_id)
        self.set_metadata(
            child,
            attribute_id,
            issuer_type,
            tao=parent.did,
            attribute_id_tao=attribute_id if own else overrides.get("parent_attribute", parent.attribute_id),
        )
        if text is None:
            text = self.accreditation_text(child, parent, issuer_type, attribute_id=attribute_id, **overrides)
        self.set_data(child, attribute_id, text)
        if own:
            self.roots.add(child.did)
        return attribute_id

    def accreditation_text(
        self,
        child: Actor,
        parent: Actor,
        issuer_type: int,
        *,
        attribute_id: bytes,
        parent_attribute: bytes | None = None,
        key: Key | None = None,
        **overrides: Any,
    ) -> bytes:
        """The credential of an accreditation; `overrides` go to `credential_makers.accreditation`, `sign`."""
        if parent_attribute is None and issuer_type != ROOT_TAO:
            parent_attribute = parent.attribute_id
        signing = {name: overrides.pop(name) for name in ("claims", "header") if name in overrides}
        members = accreditation(
            identifier=self.identifier(),
            issuer=parent.did,
            subject=child.did,
            name=child.name,
            issuer_type=issuer_type,
            attribute_id=attribute_id,
            parent_attribute=parent_attribute,
            now=self.moment,
            accredited_for=overrides.pop("accredited_for", (covered(SCHEMA_URL),)),
            **overrides,
        )
        return self._sign(parent, members, key=key, **signing)

    def set_metadata(
        self, child: Actor, attribute_id: bytes, issuer_type: int, *, tao: str, attribute_id_tao: bytes
    ) -> int:
        """Record the type and the parent of an attribute."""
        return self.write(
            "issuer.attribute.metadata",
            did=child.did,
            attributeId=attribute_id,
            revisionId=attribute_id,
            issuerType=issuer_type,
            taoDid=tao,
            attributeIdTao=attribute_id_tao,
        )

    def set_data(self, child: Actor, attribute_id: bytes, text: bytes) -> int:
        """Record the credential of an attribute."""
        return self.write(
            "issuer.attribute.data",
            did=child.did,
            attributeId=attribute_id,
            revisionId=sha256(text).digest(),
            attributeData=text,
        )

    def revoke(self, child: Actor, parent: Actor, *, attribute_id: bytes | None = None) -> int:
        """Record that `parent` revokes an accreditation of `child`."""
        return self.set_metadata(
            child,
            child.attribute_id if attribute_id is None else attribute_id,
            REVOKED,
            tao=parent.did,
            attribute_id_tao=parent.attribute_id,
        )

    def register_schema(self, content: bytes, *, update_of: bytes | None = None) -> bytes:
        """Record a schema, or a new revision of one; return its id."""
        schema_id = sha256(content).digest() if update_of is None else update_of
        self.write(
            "schema.inserted" if update_of is None else "schema.updated",
            schemaId=schema_id,
            schemaRevisionId=sha256(content).digest(),
            schema=content,
            metadata=b"{}",
        )
        return schema_id

    # --- credentials, batches and lists -----------------------------------------------------------------

    def issue(
        self,
        actor: Actor,
        *,
        version: str = "1.1",
        key: Key | None = None,
        at: int | None = None,
        status: Sequence[Mapping[str, Any]] = (),
        edit: Edit | None = None,
        claims: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
        **overrides: Any,
    ) -> bytes:
        """A signed micro-credential, claiming to be issued `at` ledger seconds, now unless given.

        `edit` changes its members before they are signed, `claims` and `header` are laid over what it
        has (None takes one away), `overrides` go to `credential_makers.micro_credential`.
        """
        members = micro_credential(
            identifier=self.identifier(),
            issuer=actor.did,
            version=version,
            now=self.moment if at is None else datetime.fromtimestamp(at, UTC),
            schema=overrides.pop("schema", SCHEMA_URL),
            status=status,
            **overrides,
        )
        if edit is not None:
            edit(members)
        return self._sign(actor, members, key=key, claims=claims, header=header)

    def anchor(
        self, actor: Actor, documents: Iterable[bytes], *, held: bool = True, malformed: bool = False
    ) -> Anchor:
        """Anchor a batch of secured documents, whose leaves are at hand if `held`.

        The leaves of a `malformed` batch descend, and its root is over them as they stand.
        """
        digests = sorted((secured_digest(document).digest for document in documents), reverse=malformed)
        root = MerkleTree.from_leaves(b"".join(digests)).root
        self.write(
            "anchor.batch",
            did=actor.did,
            attributeId=actor.attribute_id if actor.attributes else bytes(32),
            root=root,
            size=len(digests),
        )
        known = self.record.batches[-1]
        known.leaves, known.malformed = frozenset(digests) if held else None, malformed
        if held:
            self.leaves[root] = tuple(digests)
        return known.anchor

    def lose_leaves(self, anchor: Anchor) -> None:
        """Let the leaves of a batch be at hand no more."""
        self.record.alterations += 1
        for known in self.record.batches:
            if known.anchor == anchor:
                known.leaves = None

    def list_url(self, actor: Actor, name: str = "1") -> str:
        """The URL of a status list of `actor`."""
        proxy_id = sha256(name.encode()).hexdigest()
        return f"{ORIGIN}/trusted-issuers-registry/v5/issuers/{actor.did}/proxies/0x{proxy_id}/lists/{name}"

    def publish_list(
        self,
        actor: Actor,
        url: str,
        *,
        kind: str = "StatusList2021",
        purpose: str = "revocation",
        set_bits: Iterable[int] = (),
        held: bool = True,
        valid_for: int = 30 * DAY,
        bits: int = 131_072,
        text: bytes | None = None,
        published_by: Actor | None = None,
        edit: Edit | None = None,
        key: Key | None = None,
        claims: Mapping[str, Any] | None = None,
        header: Mapping[str, Any] | None = None,
        **overrides: Any,
    ) -> bytes:
        """Sign a status list and record its publication; its text is at hand if `held`.

        `text` replaces the list's credential, `published_by` who records it, `overrides` go to
        `credential_makers.list_credential`.
        """
        until = datetime.fromtimestamp(self.now + valid_for, UTC)
        if text is None:
            members = list_credential(
                url=url,
                issuer=actor.did,
                kind=kind,
                purpose=purpose,
                set_bits=set_bits,
                now=self.moment,
                until=until,
                **overrides,
            )
            if edit is not None:
                edit(members)
            text = self._sign(actor, members, key=key, claims=claims, header=header)
        publisher = actor if published_by is None else published_by
        self.write(
            "status.published",
            did=publisher.did,
            attributeId=publisher.attribute_id if publisher.attributes else bytes(32),
            url=url,
            purpose=purpose,
            bits=bits,
            credentialDigest=sha256(text).digest(),
            validFrom=self.now,
            validUntil=int(until.timestamp()),
        )
        if held:
            self.contents.kept[sha256(text).digest()] = text
        return text

    def _sign(self, actor: Actor, members: Mapping[str, Any], *, key: Key | None, **parts: Any) -> bytes:
        key = actor.key if key is None else key
        return sign(members, private_key=key.private, kid=f"{actor.did}#{key.fragment}", **parts)


@dataclass
class Country:
    """A world with a chain of accreditations and one anchored, valid micro-credential."""

    world: World
    root: Actor
    tao: Actor
    university: Actor
    credential: bytes
    anchor: Anchor

    @property
    def digest(self) -> bytes:
        """Of the credential."""
        return secured_digest(self.credential).digest


def country(make: Callable[[World, Actor], bytes] | None = None) -> Country:
    """A country whose credential is the one that `make` issues, or an ordinary one."""
    world = World()
    root, tao, university = (world.actor(name) for name in ("Root TAO", "Ministry", "University"))
    world.register_schema(SCHEMA)
    world.accredit(root, root, ROOT_TAO)
    world.accredit(tao, root, TAO)
    world.accredit(university, tao, TI)
    credential = world.issue(university) if make is None else make(world, university)
    anchor = world.anchor(university, [credential, world.issue(university), world.issue(university)])
    world.wait(3600)
    return Country(world, root, tao, university, credential, anchor)
