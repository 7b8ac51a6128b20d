"""Workloads x contenders -> results: made ready, compared, timed."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np

from tests.bench import clock, contenders, processes
from tests.bench.contenders import Ready
from tests.bench.workloads import Workload, workloads

TOLERANCE = 1e-9


@dataclass
class Results:
    """What was measured, all times in seconds.

    Attributes:
        times: by workload's title, then contender.
        compiling: the same, for making ready (for adlang: parsing and compiling; for C: gcc).
        wrong: whose answer differed from the first contender's by more than 1e-9, with the difference.
        starts, parsing, memory: see `processes`; parsing in (seconds, characters), memory in bytes an operation.
    """

    rounds: int
    times: dict[str, dict[str, float]] = field(default_factory=dict)
    compiling: dict[str, dict[str, float]] = field(default_factory=dict)
    wrong: dict[tuple[str, str], str] = field(default_factory=dict)
    starts: dict[str, float] = field(default_factory=dict)
    parsing: dict[str, tuple[float, int]] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)


def everything(
    rounds: int, seconds: float, scale: float, starts: bool, only: set[str] | None, names: set[str] | None
) -> Results:
    """Measure."""
    results = Results(rounds)
    chosen = [each for each in workloads(scale) if only is None or each.key in only]
    for work in chosen:
        _say(work.title)
        _measure(work, results, names, seconds)
        if work.family == "lines" and work.question == "gradient":
            results.parsing[work.title] = processes.parsing(work, min(rounds, 3))
    if any(each.key == "ops10k" for each in chosen):
        _memory(next(each for each in chosen if each.key == "ops10k"), results, names)
    if starts:
        _say("starting processes")
        results.starts = processes.starts(rounds)
    return results


def _measure(work: Workload, results: Results, names: set[str] | None, seconds: float) -> None:
    ready: dict[str, Ready] = {}
    spent: dict[str, float] = {}
    for name, make in contenders.taking_part(names).items():
        started = perf_counter()
        try:
            found = make(work)
            if found is not None:
                found.answer()
        except Exception as error:  # a contender that fails is told, and stops nobody else
            results.wrong[work.title, name] = f"{type(error).__name__}: {str(error)[:100]}"
            continue
        if found is not None:
            ready[name], spent[name] = found, perf_counter() - started
    expected: Any = None
    for name in list(ready):
        value, slopes = ready[name].answer()
        flat = np.concatenate([np.ravel(np.asarray(each, dtype=float)) for each in (value, slopes)])
        expected = flat.copy() if expected is None else expected
        error = _difference(flat, expected)
        if not error <= TOLERANCE:
            results.wrong[work.title, name] = f"differs by {error:.1e}"
            del ready[name]
    results.compiling[work.title] = spent
    results.times[work.title] = clock.rounds({name: each.call for name, each in ready.items()}, results.rounds, seconds)
    for name, time in results.times[work.title].items():
        _say(f"    {name:12} {time:.3g} s")


def _difference(found: np.ndarray, expected: np.ndarray) -> float:
    """The largest relative difference; numbers below 1 count as 1 (cancellation is nobody's fault)."""
    if found.shape != expected.shape:
        return float("inf")
    return float(np.max(np.abs(found - expected) / np.maximum(1.0, np.abs(expected)), initial=0.0))


def _memory(work: Workload, results: Results, names: set[str] | None) -> None:
    for name, make in contenders.taking_part(names).items():
        if name in ("interpreter", "python", "native", "micrograd", "autograd"):
            ready = make(work)
            assert ready is not None
            results.memory[name] = processes.memory(ready.call) / work.operations


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
