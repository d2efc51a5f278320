"""A process that makes credentials for another: chunk after chunk, until the other end of its pipe closes."""

import gc
import sys
from contextlib import suppress
from multiprocessing.connection import Connection

from node.client.issue_signing import Failed, Made, Maker, Work


def serve(connection: Connection) -> None:
    """Make what is asked for, until the other end is closed, or its process is gone.

    Args:
        connection: tells what all credentials have in common, then each chunk, or where the lines of the
            chunk before shall be written. What it says is trusted: it is the end of a pipe of this program.
    """
    with suppress(EOFError, OSError), connection:  # whoever was killed may have said only a part
        course, securing = connection.recv()
        maker: Maker | None = None
        gc.disable()  # a chunk leaves no cycles but those of refusals: one look for them after each is enough
        gc.freeze()
        while True:
            order = connection.recv()
            try:
                maker = maker or Maker(course, securing)
                if isinstance(order, Work):
                    made: Made | Failed = maker.make(order)
                else:
                    maker.write_lines(*order)
                    made = Made()
            except OSError as error:
                made = Failed(f"cannot write {error.filename or 'files'}: {error.strerror or error}")
            except Exception as error:  # noqa: BLE001 - told by the process that people see, in one line
                made = Failed(f"{type(error).__name__}: {error}")
            connection.send(made)
            if isinstance(order, Work):
                gc.collect()


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
