"""The line that a program prints when it has handed over everything, and again when the SDK has sent all it had: the SDK and
its version, the spans that it was handed, and what it complained of.
"""

import json
import logging
import warnings
from importlib.metadata import version

from opentelemetry.sdk.trace import SpanProcessor


class _Complaints(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.all = []

    def emit(self, record):
        self.all.append(f"{record.name}: {record.getMessage()}")


class Counter(SpanProcessor):
    """Counts what OpenTelemetry hands to its exporters; calls of on_end count what a program hands over itself."""

    def __init__(self):
        self.spans = 0

    def on_end(self, span=None):
        self.spans += 1


_complaints = _Complaints()
logging.getLogger().addHandler(_complaints)
logging.captureWarnings(True)
warnings.simplefilter("ignore", DeprecationWarning)

counter = Counter()


def report(package):
    line = {"client": package, "version": version(package), "spans": counter.spans, "complaints": _complaints.all}
    print(json.dumps(line), flush=True)
