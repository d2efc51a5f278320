"""Figures of all workers: what is counted is added up, what is measured is this worker's own."""

import os
from collections.abc import Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Metric, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def across_workers(own: CollectorRegistry) -> Collector:
    """What is to be shown: figures of one process, or of all where several serve (`node.workers`)."""
    if not getattr(values.ValueClass, "_multiprocess", False):
        return own
    return _Together(own)


class _Together(Collector):
    """Counters and histograms out of the workers' files, ended ones included; gauges as computed just now."""

    def __init__(self, own: CollectorRegistry) -> None:
        self._own = own

    def collect(self) -> Iterable[Metric]:
        for metric in self._own.collect():
            if metric.type == "gauge":
                yield metric
        counted: Any = MultiProcessCollector
        for metric in counted(None, path=os.environ[_FOLDER]).collect():
            if metric.type != "gauge":
                yield metric
