"""Status lists that came from outside, judged by the last followed block before anybody is given them."""

from credentials.errors import CredentialsError, StatusListRefused
from credentials.ports import Ports
from credentials.status_list_credential import SignedList, verify_status_list
from node.services.errors import NodeBehind
from node.services.list_errors import ListRefused
from node.services.verification_record import KeptContents, ViewRecord
from node.services.view import View


def verified_list(view: View, text: bytes) -> SignedList:
    """Return what the list credential in `text` says, signed by a key of its issuer that is in force.

    Raises:
        ListRefused: it is no status list, or not signed so.
        NodeBehind: nothing has been followed yet.
    """
    if view.cursor is None:
        raise NodeBehind
    ports = Ports(
        now=view.present,
        record=ViewRecord(view),
        contents=KeptContents(view),
        cache=view.node.memory.verifications,
    )
    try:
        # By the ledger's time: it is by the time of a block that the publication will be judged.
        return verify_status_list(text, ports=ports, index_before=None, at=view.cursor.block_time)
    except StatusListRefused as error:
        raise ListRefused(error.reason, error.sentence) from error
    except CredentialsError as error:
        raise ListRefused("unavailable", str(error)) from error
