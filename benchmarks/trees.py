"""1,000,000 digests: sorted, rooted, one receipt path; beside the bare hashlib loop over the same tree."""

from __future__ import annotations

import multiprocessing
import random
import resource
import time
from hashlib import sha256

from anchoring.batch import Batch
from benchmarks.figures import Figure, best_of

SIZE = 1_000_000


def _digests() -> list[bytes]:
    source = random.Random(9162).randbytes(32 * SIZE)
    return [source[at : at + 32] for at in range(0, len(source), 32)]


def _bare_loop(digests: list[bytes]) -> bytes:
    """The same hashes with nothing around them: what any implementation in Python must at least do."""
    level = [sha256(b"\x00" + digest).digest() for digest in digests]
    while len(level) > 1:
        parents = [sha256(b"\x01" + level[i] + level[i + 1]).digest() for i in range(0, len(level) - 1, 2)]
        level = parents + level[2 * len(parents) :]
    return level[0]


def _memory(report: multiprocessing.connection.Connection) -> None:
    Batch.from_digests(_digests()).root  # noqa: B018 - the root is what is measured
    report.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def run() -> list[Figure]:
    digests = _digests()
    ordered = sorted(digests)
    ours, bare = best_of(3, lambda: Batch.from_digests(digests).root, lambda: _bare_loop(ordered))
    batch = Batch.from_digests(digests)
    assert batch.root == _bare_loop(ordered)
    sample = random.Random(1).sample(digests, 1_000)
    started = time.process_time()
    for digest in sample:
        batch.tree.inclusion_path(batch.index_of(digest))
    receipt = (time.process_time() - started) / len(sample)
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_memory, args=(writer,))
    process.start()
    peak = reader.recv()
    process.join()
    return [
        Figure("sort, check and root 1,000,000 digests", ours, "s of CPU"),
        Figure("bare hashlib loop over the same tree", bare, "s of CPU"),
        Figure("ratio ours / bare loop", ours / bare, "x", limit=3.0),
        Figure("peak memory of a process that does it, digests included", peak, "MiB", limit=400.0),
        Figure("place and path of one digest, mean of 1,000", receipt * 1000, "ms", limit=1.0),
    ]
