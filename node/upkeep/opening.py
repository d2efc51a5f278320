"""A node opened to look after its database: nothing is served and nothing follows by itself."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from node.config import Settings
from node.errors import NodeError
from node.services.node import Node, open_node

Clock = Callable[[], datetime]


class DatabaseUnreadable(NodeError):
    """The database is damaged below its tables."""

    def __init__(self, reason: object) -> None:
        super().__init__(
            f"the database cannot be read ({reason}): move it away and serve again; what it held comes back "
            "from the ledger and from peers"
        )


@contextmanager
def opened(settings: Settings, clock: Clock) -> Iterator[Node]:
    """Give a node over the settings' database, under a name that no other process has.

    Raises:
        DatabaseUnreadable: what is done with the database finds it damaged.
        NodeError: the database or the deployment file cannot be used; one line says why.
    """
    node = open_node(settings, clock=clock, holder=f"upkeep-{secrets.token_hex(8)}")
    try:
        yield node
    except DBAPIError as error:
        raise DatabaseUnreadable(error.orig) from error
    finally:
        node.close()
