"""Everything that leaves this room as an error; evidence stands in attributes, key material never."""


class CredentialsError(Exception):
    """A credential, or what secures it, could not be accepted."""


class MalformedJws(CredentialsError):
    """The text is no compact JWS within the bounds (RFC 7515 section 7.1); `reason`."""

    def __init__(self, reason: str) -> None:
        """Keep what is wrong with the text."""
        super().__init__(f"not a compact JWS: {reason}")
        self.reason = reason


class MalformedSdJwt(CredentialsError):
    """The text is no SD-JWT within the bounds, or its parts do not belong together (RFC 9901); `reason`."""

    def __init__(self, reason: str) -> None:
        """Keep what is wrong with it."""
        super().__init__(f"not an SD-JWT: {reason}")
        self.reason = reason


class UnknownHash(MalformedSdJwt):
    """The digests of an SD-JWT are made by a hash that is not taken here; `name`."""

    def __init__(self, name: str) -> None:
        """Keep the name of the hash, as far as it is shown."""
        super().__init__(f"its digests are made by {name[:40]!r} (_sd_alg), which is not taken here")
        self.name = name


class AlgorithmRefused(CredentialsError):
    """The `alg` is unknown, unsigned, symmetric, or not among those allowed; `alg`."""

    def __init__(self, alg: str) -> None:
        """Keep the algorithm's name."""
        super().__init__(f"the algorithm {alg[:40]!r} is not accepted")
        self.alg = alg


class UnfitKey(CredentialsError):
    """The key is none, or not one for this algorithm and purpose; `reason`."""

    def __init__(self, reason: str) -> None:
        """Keep why the key is refused, never the key."""
        super().__init__(f"the key does not fit: {reason}")
        self.reason = reason


class InvalidSignature(CredentialsError):
    """The signature was not made over these bytes by this key; `alg`."""

    def __init__(self, alg: str) -> None:
        """Keep the algorithm by which it was checked."""
        super().__init__(f"the {alg} signature does not verify")
        self.alg = alg


class InvalidRevision(CredentialsError):
    """A change of an attribute that its registry could not have recorded; `index`, `reason`."""

    def __init__(self, index: int, reason: str) -> None:
        """Keep the log index of the entry that cannot be."""
        super().__init__(f"entry {index}: {reason}")
        self.index = index
        self.reason = reason


class MalformedCredential(CredentialsError):
    """The document is no credential of a known data model and securing mechanism; `reason`."""

    def __init__(self, reason: str) -> None:
        """Keep what is wrong with it."""
        super().__init__(f"not a credential that can be judged: {reason}")
        self.reason = reason


class NotJudged(MalformedCredential):
    """A form that is known and that nothing here judges yet: neither genuine nor forged by that; `reason`."""


class HandedInWrapped(NotJudged):
    """A presentation or an envelope: what can be judged lies in it, and is to be handed in by itself."""


class UnusableCertificate(MalformedCredential):
    """What comes with a seal is no certificate, or none that a seal could be verified by; `reason`."""


class CertificateRefused(CredentialsError):
    """A certificate does not say whose seal it is, to whom this verifier trusts; `reason`, `sentence`.

    `reason` is one of those that `docs/verdict.md` lists for the issuer of a seal.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        """Keep a stable word and a sentence for people."""
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


class MalformedPresentation(CredentialsError):
    """The document says that it is a presentation, and keeps no data model's rules; `reason`."""

    def __init__(self, reason: str) -> None:
        """Keep what is wrong with it."""
        super().__init__(f"not a presentation that can be judged: {reason}")
        self.reason = reason


class PresentationNotJudged(MalformedPresentation):
    """A form of presentation that is known and not judged here: neither genuine nor forged; `reason`."""


class TooManyCredentials(CredentialsError):
    """A presentation shows more credentials than are judged together; `count`, `most`."""

    def __init__(self, count: int, *, most: int) -> None:
        """Keep how many there are and may be."""
        super().__init__(f"a presentation with {count} credentials: at most {most} are judged together")
        self.count = count
        self.most = most


class PolicyRefused(CredentialsError):
    """A policy that relaxes what is no check, or what no verdict can do without; `name`."""

    def __init__(self, name: str) -> None:
        """Keep the name that was to be relaxed."""
        super().__init__(f"{name[:40]!r} cannot be relaxed")
        self.name = name


class TimeNotCome(CredentialsError):
    """A verdict was asked for a time that lies in the future."""

    def __init__(self) -> None:
        """Say what to ask for instead."""
        super().__init__("nobody can say yet what will be true then: ask for a time in the past, or for now")


class Unavailable(CredentialsError):
    """Something needed is not at hand: unknown, which is neither absent nor wrong; `sentence`, `reason`."""

    reason = "unavailable"

    def __init__(self, sentence: str) -> None:
        """Keep what is missing, as a sentence for people."""
        super().__init__(sentence)
        self.sentence = sentence


class Busy(Unavailable):
    """What judges it is at work for others, or just being started: the same question is answered soon."""

    reason = "busy"


class KeyRefused(CredentialsError):
    """The named key may not sign for the issuer at the time judged by; `reason` is a stable word.

    `reason` is one of `issuer_unknown`, `foreign_key`, `no_fragment`, `unknown_key`, `not_for_assertion`,
    `not_for_authentication`, `not_yet_valid`, `no_longer_valid`, `unusable_key`, `method_unknown`.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        """Keep a stable word and a sentence for people."""
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


class AccreditationRefused(CredentialsError):
    """An accreditation does not hold, or does not cover a credential; `reason` is a stable word.

    `reason` is one of those that `docs/verdict.md` lists for the check `accreditation`.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        """Keep a stable word and a sentence for people."""
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


class StatusListRefused(CredentialsError):
    """What was published as a status list is none, or not one for the credential; `reason` is a stable word.

    `reason` is one of `malformed_list`, `list_too_short`, `foreign_list`, `other_list`, `list_mismatch`,
    `list_key_refused`, `list_signature_mismatch`, `other_list_type`, `other_purpose`, `index_out_of_range`.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        """Keep a stable word and a sentence for people."""
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


class StatusUnknown(Unavailable):
    """A status cannot be determined; `reason` is a stable word.

    `reason` is one of `unpublished`, `withheld`, `not_yet_valid`, `stale`.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        """Keep a stable word beside the sentence."""
        super().__init__(sentence)
        self.reason = reason


class ActingUnknown(Unavailable):
    """Nothing shows that a sealer may act for an institution that it names; `reason` is a stable word.

    `reason` is `not_for_member` or `unnamed_member`.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        """Keep a stable word beside the sentence."""
        super().__init__(sentence)
        self.reason = reason


class UnusableSchema(CredentialsError):
    """A registered schema by which nothing can be judged, or not in bounded time; `reason`."""

    def __init__(self, reason: str) -> None:
        """Keep what is wrong with the schema."""
        super().__init__(reason)
        self.reason = reason


class TooMuchWork(CredentialsError):
    """A document that its schema cannot be held against in bounded time."""

    def __init__(self) -> None:
        """Say that it is the two together."""
        super().__init__("it would take too long to hold the document against its schema")
