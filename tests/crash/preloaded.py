"""The `ankyra` program, imported once and forked for every run: a start costs a tenth of the imports' time.

Read one JSON object a line: `{"id", "argv", "env", "cwd", "log"}`; say `{"id", "pid"}` when the process is
there and `{"id", "ended"}` with its exit code (a signal as its negative number) when it is gone. What runs is
`node.cli.app.main` in a process, memory and session of its own; end of input kills what still runs.
"""

import contextlib
import ctypes
import json
import os
import selectors
import signal
import sys
from typing import Any

_PR_SET_PDEATHSIG = 1
_CHUNK = 65_536


def serve() -> None:
    """Fork as asked until input ends."""
    load()
    watched = selectors.DefaultSelector()
    watched.register(0, selectors.EVENT_READ)
    running: dict[int, tuple[int, int]] = {}
    rest = b""
    say({"ready": True})
    while True:
        for key, _ in watched.select():
            if key.fd != 0:
                watched.unregister(key.fd)
                number, process = running.pop(key.fd)
                os.close(key.fd)
                _, status = os.waitpid(process, 0)
                say({"id": number, "ended": os.waitstatus_to_exitcode(status)})
                continue
            read = os.read(0, _CHUNK)
            if not read:
                for _, process in running.values():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(process, signal.SIGKILL)
                return
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                asked = json.loads(line)
                process = fork(asked)
                handle = os.pidfd_open(process)
                running[handle] = (asked["id"], process)
                watched.register(handle, selectors.EVENT_READ)
                say({"id": asked["id"], "pid": process})


def load() -> None:
    """Import what the commands and the server import when they are run."""
    import node.app
    import node.cli.app
    import node.client.status_publication
    import node.upkeep  # noqa: F401 - loaded for the processes to come
    from node.accounts import Account  # noqa: F401 - likewise: takes a second


def fork(asked: dict[str, Any]) -> int:
    """The id of a new process that runs the program as `asked`."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code = 70  # of a program that failed before it began
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for descriptor, source in ((0, nothing), (1, log), (2, log)):
            os.dup2(source, descriptor)
        os.closerange(3, 256)
        os.chdir(asked["cwd"])
        os.environ.clear()
        os.environ.update(asked["env"])
        sys.argv = ["ankyra", *asked["argv"]]
        code = run()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def run() -> int:
    """The exit code of the program."""
    from node.cli.app import main

    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    return 0


def say(what: dict[str, Any]) -> None:
    """One line to who asked."""
    os.write(1, json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    serve()
