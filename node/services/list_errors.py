"""Why a status list is not taken, or not given: one sentence per class; the API gives each its status."""

from node.services.errors import NotRegistered, ServiceError


class ListRefused(ServiceError):
    """What was handed in is no status list of its issuer that anybody could use.

    Attributes:
        reason: a stable word, as check 6 of a verdict would say it.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class ListMisplaced(ServiceError):
    """The list's id is no URL at which this registry hosts lists of its issuer.

    Attributes:
        url: the id.
    """

    def __init__(self, url: str) -> None:
        super().__init__(
            f"The list's id {url[:200]} must be <origin>/trusted-issuers-registry/v5/issuers/<did>/proxies/"
            "<proxyId>/<name>, with an origin of this registry and the DID of its issuer."
        )
        self.url = url


class TooManyUnpublished(ServiceError):
    """The DID has as many lists that are not published as a node keeps for one DID."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} lists of this DID are not published: publish them or let them expire.")
        self.limit = limit


class ProxyNotFound(NotRegistered):
    """The issuer has no such proxy, or it was removed."""

    def __init__(self, proxy: str) -> None:
        super().__init__(f"Proxy {proxy} not found")
        self.proxy = proxy


class ListNotFound(NotRegistered):
    """The issuer has published no list there, as far as this node has followed the ledger."""

    def __init__(self) -> None:
        super().__init__("The issuer has published no status list under this path.")


class ListUnavailable(ServiceError):
    """The list that was published last is not at hand; an earlier one would say something else."""

    def __init__(self, digest: bytes) -> None:
        super().__init__(
            f"The status list that was published last ({digest.hex()}) is not at hand here (yet); an earlier "
            "one is not given in its place."
        )
        self.digest = digest


class ProxyDataRefused(ServiceError):
    """A proxy's data cannot be used, or holds what must not stand on a public ledger."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"invalid proxyData: {reason}")
        self.reason = reason


class ListUnreachable(ServiceError):
    """The issuer keeps its lists on a server of its own, which did not serve this one."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The issuer's own server gave no status list: {reason}.")
        self.reason = reason


class ListInvalid(ServiceError):
    """What the issuer's own server served is no status list of this issuer for this place."""

    def __init__(self, sentence: str) -> None:
        super().__init__(f"What the issuer's own server gave is not its status list: {sentence}")
