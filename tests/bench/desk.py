"""What a contender does in a process of its own: it hears questions on its standard input and answers them.

    python -m tests.bench.desk NAME

Law: nothing but answers goes out where answers are expected; whatever a library prints goes to standard error.
"""

from __future__ import annotations

import os
import pickle
import sys
from time import perf_counter
from typing import Any

import numpy as np

from tests.bench import clock, growth
from tests.bench.contenders import ALL
from tests.bench.ready import Absent, Ready
from tests.bench.workloads import Workload


class Desk:
    """One contender, and what it has made ready."""

    def __init__(self, name: str) -> None:
        self.contender = ALL[name]
        self.ready: Ready | None = None
        self.contender.start()

    def hear(self) -> None:
        """It has started."""

    def prepare(self, work: Workload) -> tuple[str, Any, Any]:
        """Make a workload ready: (`ready`, seconds until the first answer, the answer as one vector of floats)."""
        self.ready = None
        started = perf_counter()
        try:
            found = self.contender.make(work)
            answer = found.answer()
            spent = perf_counter() - started
            flat = np.concatenate([np.ravel(np.array(each, dtype=float)) for each in answer])
        except Absent as reason:
            return "absent", str(reason), None
        except Exception as error:  # a contender that fails is told of, and stops nobody else
            return "failed", f"{type(error).__name__}: {str(error)[:200]}", None
        self.ready = found
        return "ready", spent, flat

    def count(self, seconds: float) -> int:
        """How many calls fill the time."""
        assert self.ready is not None
        return clock.repetitions(self.ready.call, seconds)

    def time(self, count: int) -> float:
        """Seconds a call."""
        assert self.ready is not None
        return clock.timed(self.ready.call, count)

    def stages(self, work: Workload) -> dict[str, float]:
        """What each stage takes; see `growth`."""
        return growth.stages(work)

    def spaces(self, work: Workload) -> dict[str, float]:
        """What each stage holds; see `growth`."""
        return growth.spaces(work)

    def memory(self, work: Workload, times: int) -> int:
        """The most bytes that a call holds at one time, the first or a later one; see `growth`."""
        return growth.memory(self.contender.make(work).call, times)


def main() -> None:
    """Answer until nobody asks any more."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    desk = Desk(sys.argv[1])
    while True:
        try:
            question, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        pickle.dump(getattr(desk, question)(*arguments), out, protocol=pickle.HIGHEST_PROTOCOL)
        out.flush()


if __name__ == "__main__":
    main()
