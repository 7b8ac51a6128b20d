"""Contenders -> times: rounds in which each takes its turn, so that a busy minute hurts all alike.

Law: a figure is the median of the rounds; within a round a contender is called as often as fills a fixed time.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

Call = Callable[[], Any]


def repetitions(call: Call, seconds: float) -> int:
    """How often a call fits into the time; at least once. The first calls warm it up."""
    started = perf_counter()
    call()
    once = perf_counter() - started
    if once < seconds / 4:
        count = 1
        while once < seconds / 4:
            count *= 4
            started = perf_counter()
            for _ in range(count):
                call()
            once = perf_counter() - started
        return max(1, int(count * seconds / once))
    return 1


def timed(call: Call, count: int) -> float:
    """Seconds a call."""
    gc.collect()
    turns = range(count)
    started = perf_counter()
    for _ in turns:
        call()
    return (perf_counter() - started) / count


def rounds(calls: dict[str, Call], count: int, seconds: float) -> dict[str, float]:
    """The median time of each call in seconds, over interleaved rounds in changing order."""
    counts = {name: repetitions(call, seconds) for name, call in calls.items()}
    times: dict[str, list[float]] = {name: [] for name in calls}
    order = list(calls)
    chance = random.Random(7)
    for _ in range(count):
        chance.shuffle(order)
        for name in order:
            times[name].append(timed(calls[name], counts[name]))
    return {name: median(found) for name, found in times.items()}
