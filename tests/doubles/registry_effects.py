"""What the contracts do with a call, as far as following and sending need it: their rules in their order."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

from eth_keys.datatypes import PublicKey

from node.artifacts import CONTRACTS, SELECTOR_SIZE, ArtifactError, load_artifact
from tests.doubles.registries import OPERATOR, Event, Moment, Registries, word

ROOT_TAO, TAO, REVOKED = 1, 2, 4
OWN_KEY, POLICY = 0, 2
MAX_BATCH_SIZE, MIN_STATUS_LIST = 1_048_576, 131_072
_WORD = 32


class Reverted(Exception):
    """A contract refused; `data` is its custom error."""

    def __init__(self, data: bytes = b"") -> None:
        super().__init__(data.hex())
        self.data = data


def execute(state: Registries, *, sender: str, to: str, data: bytes, moment: Moment) -> tuple[Event, ...]:
    """The events of a call that changes the state.

    Raises:
        Reverted: the contract refuses; nothing changed.
    """
    contract = state.contract_at(to)
    if contract is None:
        return ()  # an account without code takes anything
    effect, arguments = _find(_EFFECTS, contract, data)
    return tuple(effect(state, sender, moment, *arguments))


def view(state: Registries, *, to: str, data: bytes) -> bytes:
    """What a view returns.

    Raises:
        Reverted: there is no such view.
    """
    contract = state.contract_at(to)
    if contract is None:
        return b""
    answer, arguments = _find(_VIEWS, contract, data)
    value = answer(state, *arguments)
    return value if isinstance(value, bytes) else int(value).to_bytes(_WORD, "big")


def is_view(state: Registries, *, to: str, data: bytes) -> bool:
    """Whether these call data ask and change nothing."""
    contract = state.contract_at(to)
    names = [name for owner, name in _VIEWS if owner == contract]
    if contract is None:
        return True
    return any(load_artifact(contract).function(name).selector == data[:SELECTOR_SIZE] for name in names)


def refusal(name: str, *evidence: object) -> bytes:
    """The revert data of the custom error `name`."""
    for contract in CONTRACTS:
        for error in load_artifact(contract).errors.values():
            if error.name == name:
                return error.encode(evidence)
    raise KeyError(name)


def _find(table: Mapping[tuple[str, str], Any], contract: str, data: bytes) -> tuple[Any, Any]:
    for (owner, name), found in table.items():
        fragment = load_artifact(owner).function(name)
        if owner == contract and fragment.selector == data[:SELECTOR_SIZE]:
            try:
                return found, fragment.decode_arguments(data)
            except ArtifactError:
                raise Reverted from None
    raise Reverted


def _authority(state: Registries, did: str, account: str) -> int:
    if state.controllers.get(did) != account:
        raise Reverted(refusal("NotAController", account, did))
    return OWN_KEY


def _mark(state: Registries, sender: str, moment: Moment) -> list[Event]:
    if state.marked_block == moment.number:
        raise Reverted(refusal("AlreadyMarked", moment.number))
    state.marked_block = moment.number
    return [state.append("log.mark", {}, sender, moment)]


def _insert_policy(
    state: Registries, sender: str, moment: Moment, name: str, description: str
) -> list[Event]:
    if sender != OPERATOR:
        raise Reverted(refusal("NotAnOperator", sender))
    if name in state.policies:
        raise Reverted(refusal("PolicyExists", name))
    state.policies.add(name)
    fields = {"policyName": name, "description": description, "authority": POLICY}
    return [state.append("policy.inserted", fields, sender, moment)]


def _insert_did(  # the contract's own parameters
    state: Registries, sender: str, moment: Moment, did: str, base: str, method: str, key: bytes, *rest: Any
) -> list[Event]:
    if did in state.controllers:
        raise Reverted(refusal("DidExists", did))
    first = PublicKey(key[1:]).to_checksum_address()
    if first != sender:
        raise Reverted(refusal("NotTheFirstKey", sender, first))
    state.controllers[did] = sender
    is_secp256k1, not_before, not_after = rest
    fields = {"did": did, "baseDocument": base, "vMethodId": method, "publicKey": key,
              "isSecp256k1": is_secp256k1, "notBefore": not_before, "notAfter": not_after,
              "authority": OWN_KEY}  # fmt: skip
    return [state.append("did.inserted", fields, sender, moment)]


def _update_base(state: Registries, sender: str, moment: Moment, did: str, base: str) -> list[Event]:
    fields = {"did": did, "baseDocument": base, "authority": _authority(state, did, sender)}
    return [state.append("did.base.updated", fields, sender, moment)]


def _set_metadata(
    state: Registries,
    sender: str,
    moment: Moment,
    did: str,
    revision: bytes,
    kind: int,
    tao: str,
    parent: bytes,
) -> list[Event]:
    owner = state.owners.get(revision, (did, revision))
    if owner[0] != did:
        raise Reverted(refusal("AttributeStoredForAnotherDid", revision))
    known = state.attributes.get(owner)
    if kind not in {1, 2, 3, 4} or (known is None and kind == REVOKED):
        raise Reverted(refusal("InvalidIssuerType", kind))
    if kind == ROOT_TAO:
        if sender != OPERATOR:
            raise Reverted(refusal("RootTaoNeedsPolicy", sender))
        authority, tao, parent = POLICY, did, owner[1]
    else:
        authority = _accrediting(state, sender, owner, kind, tao, parent)
    events = []
    revision_id = owner[1]
    if known is None:
        began = {"did": did, "type": b"attribute".ljust(_WORD, b"\0"), "id": owner[1]}
        events.append(state.append("issuer.began", {**began, "authority": authority}, sender, moment))
    else:
        before = state.last_revisions[owner]
        seed = word(moment.time) + word(3 * _WORD) + before + _text(did)
        revision_id = sha256(seed).digest()
    state.attributes[owner], state.last_revisions[owner] = kind, revision_id
    state.owners.setdefault(revision_id, owner)
    fields = {"did": did, "attributeId": owner[1], "revisionId": revision_id, "issuerType": kind,
              "taoDid": tao, "attributeIdTao": parent, "authority": authority}  # fmt: skip
    return [*events, state.append("issuer.attribute.metadata", fields, sender, moment)]


def _accrediting(
    state: Registries, sender: str, owner: tuple[str, bytes], kind: int, tao: str, parent: bytes
) -> int:
    tao_type = state.attributes.get((tao, parent))
    if tao_type is None:
        raise Reverted(refusal("TaoAttributeNotFound", tao, parent))
    by_policy = sender == OPERATOR
    if not by_policy and state.controllers.get(tao) != sender:
        raise Reverted(refusal("NotAllowedToAccredit", sender, tao))
    if tao_type not in {ROOT_TAO, TAO} and not (by_policy and kind == REVOKED):
        raise Reverted(refusal("TaoNotAccredited", tao, parent, tao_type))
    if (tao, parent) == owner and kind != REVOKED:
        raise Reverted(refusal("SelfAccreditation", parent))
    return POLICY if by_policy else OWN_KEY


def _anchor(
    state: Registries, sender: str, moment: Moment, did: str, attribute: bytes, root: bytes, size: int
) -> list[Event]:
    if not 0 < size <= MAX_BATCH_SIZE:
        raise Reverted(refusal("InvalidBatchSize", size, MAX_BATCH_SIZE))
    if not any(root):
        raise Reverted(refusal("EmptyRoot"))
    authority = _authority(state, did, sender)
    kind = state.attributes.get((did, attribute))
    if kind is None:
        raise Reverted(refusal("NoSuchAttribute", did, attribute))
    if kind == REVOKED:
        raise Reverted(refusal("AccreditationRevoked", did, attribute))
    if (did, root, size) in state.batches:
        raise Reverted(refusal("BatchExists", did, root, size))
    state.batches.add((did, root, size))
    fields = {"did": did, "attributeId": attribute, "root": root, "size": size, "authority": authority}
    return [state.append("anchor.batch", fields, sender, moment)]


def _publish(
    state: Registries, sender: str, moment: Moment, did: str, attribute: bytes, *rest: Any
) -> list[Event]:
    url, purpose, bits, digest, valid_from, valid_until = rest
    if not any(digest):
        raise Reverted(refusal("EmptyDigest"))
    if valid_until <= valid_from:
        raise Reverted(refusal("InvalidValidity", valid_from, valid_until))
    authority = _authority(state, did, sender)
    if (did, attribute) not in state.attributes:
        raise Reverted(refusal("NoSuchAttribute", did, attribute))
    if bits < MIN_STATUS_LIST:
        raise Reverted(refusal("StatusListTooShort", bits, MIN_STATUS_LIST))
    known = state.lists.get((did, url))
    if known not in {None, (purpose, bits)}:
        raise Reverted(refusal("StatusListChanged", did, url))
    events = []
    if known is None:
        began = {"did": did, "type": b"status".ljust(_WORD, b"\0"), "id": sha256(url.encode()).digest()}
        events.append(state.append("issuer.began", {**began, "authority": authority}, sender, moment))
    state.lists[did, url] = purpose, bits
    fields = {"did": did, "attributeId": attribute, "url": url, "purpose": purpose, "bits": bits,
              "credentialDigest": digest, "validFrom": valid_from, "validUntil": valid_until,
              "authority": authority}  # fmt: skip
    return [*events, state.append("status.published", fields, sender, moment)]


def _text(value: str) -> bytes:
    """The tail of an ABI string."""
    content = value.encode()
    return word(len(content)) + content + bytes(-len(content) % _WORD)


_EFFECTS: Final[Mapping[tuple[str, str], Callable[..., list[Event]]]] = {
    ("RegistryLog", "mark"): _mark,
    ("TrustedPoliciesRegistry", "insertPolicy"): _insert_policy,
    ("DidRegistry", "insertDidDocument"): _insert_did,
    ("DidRegistry", "updateBaseDocument"): _update_base,
    ("TrustedIssuersRegistry", "setAttributeMetadata"): _set_metadata,
    ("AnchorRegistry", "anchorBatch"): _anchor,
    ("AnchorRegistry", "publishStatusList"): _publish,
}
_VIEWS: Final[Mapping[tuple[str, str], Callable[..., bytes | int]]] = {
    ("RegistryLog", "size"): lambda state: state.size,
    ("RegistryLog", "root"): lambda state: state.root,
    ("RegistryLog", "heads"): lambda state, subject: state.heads.get(subject, bytes(_WORD)),
    ("RegistryLog", "closed"): lambda _: 0,
    ("RegistryLog", "markedBlock"): lambda state: state.marked_block,
    ("DidRegistry", "isController"): lambda state, did, account: (
        state.controllers.get(did, "").lower() == account.lower()
    ),
    ("TrustedPoliciesRegistry", "hasAttribute"): lambda _, account, __: account.lower() == OPERATOR.lower(),
    ("AnchorRegistry", "isAnchored"): lambda state, did, root, size: (did, root, size) in state.batches,
}
