"""A workload -> what a contender makes ready for it; what all contenders share.

Law: a contender that cannot take a workload says why, in words that stand in the report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.bench.workloads import Workload

Answer = tuple[Any, Any]


class Absent(Exception):
    """A contender cannot take a workload; the text says why."""


@dataclass
class Ready:
    """A contender, compiled for a workload: `call` is what is timed, `answer` what it gives as (value, derivatives)."""

    call: Callable[[], Any]
    answer: Callable[[], Answer]


Make = Callable[[Workload], Ready]


def same(call: Callable[[], Answer]) -> Ready:
    """A call that gives the answer as it is."""
    return Ready(call, call)


def points(work: Workload) -> np.ndarray:
    """The rows of a batch: the point, moved by up to a tenth."""
    chance = np.random.default_rng(3)
    base = np.array(list(work.point.values()))
    return base * chance.uniform(0.9, 1.1, (work.rows, len(base)))


def room(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where the answers to rows go: values and derivatives, in memory that was written to before."""
    return np.zeros(len(rows)) + 0.0, np.zeros_like(rows) + 0.0


def vector(work: Workload) -> np.ndarray:
    """The point as an array."""
    return np.array(list(work.point.values()))
