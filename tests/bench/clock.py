"""Contenders -> times: rounds in which each takes its turn, so that a busy minute hurts all alike.

Law: a figure is the median of the rounds; within a round a contender is called as often as fills a fixed time, without
garbage collection, as `timeit` does it. What a round shows is not one number but a range: where it is wide, the machine
was busy with something else, and the report says so.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

Call = Callable[[], Any]
LONG, FEW = 0.5, 3
"""A contender whose call takes longer than this many seconds takes part in so many rounds only."""


@dataclass(frozen=True)
class Timing:
    """Seconds a call, one figure for each round."""

    times: tuple[float, ...]

    @property
    def median(self) -> float:
        """What is shown."""
        return median(self.times)

    def over(self, other: Timing) -> float:
        """How many times as long as another: the median of what the rounds say, each of which both took part in."""
        return median(one / two for one, two in zip(self.times, other.times, strict=False))

    @property
    def spread(self) -> float:
        """How many times as long the slowest round took as the quickest."""
        return max(self.times) / max(min(self.times), 1e-12)


def repetitions(call: Call, seconds: float, clock: Callable[[], float] = time.perf_counter) -> int:
    """How often a call fits into the time; at least once. Its calls warm everything up.

    What seems to fill it is asked twice more: on a busy machine a call of a microsecond may wait for milliseconds, and
    would be called a few times only from then on.
    """
    count = 1
    while (once := _seconds(call, count, clock)) < LONG:
        once = min(once, _seconds(call, count, clock), _seconds(call, count, clock))
        if once >= seconds / 4:
            break
        count *= 4
    return max(1, round(count * seconds / once))


def timed(call: Call, count: int, clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds a call, after one that is not counted, which brings back to the caches what the others drove out of them.

    What takes so long that it is called once has nothing left to gain from that.
    """
    gc.collect()
    if count > 1:
        call()
    collects = gc.isenabled()
    gc.disable()
    try:
        return _seconds(call, count, clock) / count
    finally:
        if collects:
            gc.enable()


def _seconds(call: Call, count: int, clock: Callable[[], float]) -> float:
    turns = range(count)
    started = clock()
    for _ in turns:
        call()
    return clock() - started


def rounds(timers: dict[str, Callable[[], float]], count: int) -> dict[str, Timing]:
    """What each timer says, in so many rounds.

    A round begins one contender later than the one before, and every other round goes backwards, so nobody is always
    first, nor always behind the same one.
    """
    times: dict[str, list[float]] = {name: [] for name in timers}
    names = list(timers)
    for turn in range(count):
        start = turn % max(1, len(names))
        order = names[start:] + names[:start]
        for name in order if turn % 2 == 0 else reversed(order):
            found = times[name]
            if len(found) < FEW or found[0] < LONG:
                found.append(timers[name]())
    return {name: Timing(tuple(found)) for name, found in times.items()}
