"""Workloads x contenders -> results: made ready, compared, timed.

Law: what the contenders answer is compared before anything is timed, and who is wrong is not timed.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from math import inf
from pathlib import Path
from time import perf_counter

import numpy as np

from tests.bench import clock, contenders, processes
from tests.bench.clock import Timing
from tests.bench.worker import START, Ended, Overdue, Worker
from tests.bench.workloads import Workload, loop, straight, workloads

TOLERANCE = 1e-9
PATIENCE = 6
"""How many budgets C and adlang have, which the report is about; the other libraries have one."""
GRADIENTS_BEFORE = (0, 1, 9)
"""How many gradients went before the one whose memory is measured."""


@dataclass(frozen=True)
class Plan:
    """What is asked for.

    Attributes:
        rounds: how many.
        seconds: about how long a contender is called in a round.
        budget: seconds that a contender may take to be ready for a workload, its first answer included.
        scale: below 1: smaller workloads.
        only: keys of workloads (and `growth`, `starts`); None for all.
        names: contenders; None for all.
    """

    rounds: int = 7
    seconds: float = 0.1
    budget: float = 15.0
    scale: float = 1.0
    only: frozenset[str] | None = None
    names: frozenset[str] | None = None

    def wants(self, key: str) -> bool:
        """Is this to be measured?"""
        return self.only is None or key in self.only


@dataclass
class Results:
    """What was measured, all times in seconds.

    Attributes:
        works: the workloads, by title.
        times: by a workload's title, then the contender.
        ready: the same, until the first answer: for adlang parsing and compiling, for C gcc.
        absent: the same: why somebody has no time, in words.
        wrong: whose answer differed from the first contender's by more than 1e-9, or who failed, with what was seen.
        starts: of whole processes.
        stages, spaces: what each stage takes and holds, by kind of program, then stage, for n, 10 n and 100 n.
        sizes: those n, by kind of program.
        memory: bytes an operation that the first, the second and a later gradient of the middle straight program hold,
            of Python's objects.
        load: how many processes wanted to run before the first measurement, on average over a minute, if it is known.
        seconds: how long all of it took.
    """

    plan: Plan
    works: dict[str, Workload] = field(default_factory=dict)
    times: dict[str, dict[str, Timing]] = field(default_factory=dict)
    ready: dict[str, dict[str, float]] = field(default_factory=dict)
    absent: dict[str, dict[str, str]] = field(default_factory=dict)
    wrong: dict[tuple[str, str], str] = field(default_factory=dict)
    starts: dict[str, Timing] = field(default_factory=dict)
    stages: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    spaces: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    sizes: dict[str, list[int]] = field(default_factory=dict)
    memory: dict[str, list[float]] = field(default_factory=dict)
    load: float | None = None
    seconds: float = 0.0


def everything(plan: Plan) -> Results:
    """Measure."""
    results = Results(plan, load=os.getloadavg()[0] if hasattr(os, "getloadavg") else None)
    started = perf_counter()
    with _team(contenders.taking_part(plan.names)) as team:
        for work in workloads(plan.scale):
            if plan.wants(work.key):
                _measure(work, results, team)
                if work.key == "ops10k":
                    _memory(work, results, team)
    if plan.wants("growth"):
        _growth(results)
    if plan.wants("starts"):
        _say("starting processes")
        results.starts = processes.starts(plan.rounds)
    results.seconds = perf_counter() - started
    return results


@contextmanager
def _team(names: list[str]) -> Iterator[dict[str, Worker]]:
    """A process for each contender, with caches that are empty at first and gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="adlang-bench-") as folder, ExitStack() as stack:
        team = {name: Worker(name, Path(folder) / name) for name in names}
        for worker in team.values():
            stack.callback(worker.close)
        yield team


def _measure(work: Workload, results: Results, team: dict[str, Worker]) -> None:
    _say(work.title)
    results.works[work.title] = work
    results.ready[work.title] = {}
    results.absent[work.title] = {}
    counts: dict[str, int] = {}
    expected: np.ndarray | None = None
    for name, worker in team.items():
        answer = _prepared(work, results, worker)
        if answer is None:
            continue
        expected = answer if expected is None else expected
        error = difference(answer, expected)
        if not error <= TOLERANCE:
            results.wrong[work.title, name] = f"differs by {error:.1e}"
            continue
        counts[name] = _asked(work, results, worker, "count", results.plan.seconds)
    timers = {name: partial(_asked, work, results, team[name], "time", count) for name, count in counts.items()}
    found = clock.rounds(timers, results.plan.rounds)
    results.times[work.title] = {name: each for name, each in found.items() if max(each.times) < inf}
    for name, time in results.times[work.title].items():
        _say(f"    {name:14} {time.median:.3g} s, slowest by quickest {time.spread:.2f}")


def _asked(work: Workload, results: Results, worker: Worker, question: str, number: float) -> float:
    """An answer about calls, infinite from a contender whose process is gone, of which a note is taken."""
    if (work.title, worker.name) not in results.wrong:
        try:
            found: float = worker.ask(question, number)
            return found
        except Overdue:
            results.wrong[work.title, worker.name] = "its calls take minutes"
        except Ended as error:
            results.wrong[work.title, worker.name] = str(error)
    return inf


def _prepared(work: Workload, results: Results, worker: Worker) -> np.ndarray | None:
    """A contender's answer; None where it has none, which is noted with the reason."""
    absent, name = results.absent[work.title], worker.name
    budget = results.plan.budget * (PATIENCE if name == "C" or name in contenders.OURS else 1)
    if (before := _too_long(work, results, name)) is not None:
        absent[name] = before
        return None
    try:
        worker.begin()
        word, found, answer = worker.ask("prepare", work, seconds=budget)
    except Overdue:
        absent[name] = f"over {budget:g} s until the first answer"
    except Ended as error:
        results.wrong[work.title, name] = str(error)
    else:
        if word == "ready":
            results.ready[work.title][name] = found
            return np.asarray(answer)
        if word == "absent":
            absent[name] = found
        else:
            results.wrong[work.title, name] = found
    return None


def _too_long(work: Workload, results: Results, name: str) -> str | None:
    """What took too long for a smaller program of the same kind takes too long for a larger one."""
    for title, absent in results.absent.items():
        other = results.works[title]
        alike = work.family == other.family and (work.rows > 0) == (other.rows > 0)
        if alike and work.operations >= other.operations and absent.get(name, "").startswith("over"):
            return f"{absent[name].removesuffix(' until the first answer')} for {title}"
    return None


def difference(found: np.ndarray, expected: np.ndarray) -> float:
    """The largest relative difference; numbers below 1 count as 1 (cancellation is nobody's fault)."""
    if found.shape != expected.shape:
        return float("inf")
    return float(np.max(np.abs(found - expected) / np.maximum(1.0, np.abs(expected)), initial=0.0))


def _memory(work: Workload, results: Results, team: dict[str, Worker]) -> None:
    for name in ("interpreter", "python", "native", "micrograd", "autograd"):
        if name in team and name in results.times[work.title]:
            results.memory[name] = [
                team[name].ask("memory", work, before) / work.operations for before in GRADIENTS_BEFORE
            ]


def _growth(results: Results) -> None:
    """Stages of straight programs and of loops of three sizes, each size in a process of its own."""
    scale = results.plan.scale
    sizes = [max(least, int(count * scale)) for count, least in ((300, 30), (3_000, 300), (30_000, 3_000))]
    kinds = {
        "mixed operations": [straight("growth", "", size, 50) for size in sizes],
        "turns of a loop of four operations": [loop("growth", "", "gradient", size) for size in sizes],
    }
    for kind, works in kinds.items():
        for work, size in zip(works, sizes, strict=True):
            _say(f"growth: {size:,} {kind}")
            with _team(["native"]) as team:
                try:
                    team["native"].begin()
                    stages, spaces = (team["native"].ask(each, work) for each in ("stages", "spaces"))
                except (Ended, Overdue) as error:
                    results.wrong[f"{size:,} {kind}", "growth"] = str(error) or f"over {START:g} s"
                    break
            results.sizes.setdefault(kind, []).append(size)
            results.stages.setdefault(kind, []).append(stages)
            results.spaces.setdefault(kind, []).append(spaces)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def keys() -> Collection[str]:
    """What `--only` may name."""
    return [*(each.key for each in workloads(0.001)), "growth", "starts"]
