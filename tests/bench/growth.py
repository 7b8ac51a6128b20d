"""A program -> what each stage of adlang costs for it: asked of n, 10 n and 100 n operations, it shows how costs grow.

Law: every stage starts from text that adlang has not seen in this process, and machine code is compiled, not found in
a cache, but for the row that says so.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from tests.bench import clock
from tests.bench.workloads import Workload

ENOUGH = 0.5
"""Seconds; what takes longer is done once, all else three times."""
OFTEN = 6
"""Gradients after which a program's tape is as quick as it gets."""


def stages(work: Workload) -> dict[str, float]:
    """Seconds of each stage, by its name."""
    import lang
    from lang.backend.python import function

    point = tuple(work.point.values())
    kept: dict[str, Any] = {}
    found: dict[str, float] = {}

    def first(engine: str) -> None:
        function._code.cache_clear()  # it keeps code by its text
        kept[engine] = lang.parse(work.text).compile("z", engine=engine)
        kept[engine].value_and_grad(*point)

    parsing = found["reading the program"] = _often(lambda: lang.parse(work.text))
    found["writing its adjoint program"] = _often(lambda: str(lang.parse(work.text).reverse("z"))) - parsing
    found["first gradient, interpreter"] = _often(lambda: _interpreted(lang.parse(work.text), work)) - parsing
    found["first gradient, python"] = _often(lambda: first("python")) - parsing
    started = perf_counter()
    first("native")
    found["first gradient, native"] = perf_counter() - started - parsing
    found["the same in a later process, its machine code kept"] = _often(lambda: first("native")) - parsing
    program = lang.parse(work.text)
    for _ in range(OFTEN):
        _interpreted(program, work)
    found["a later gradient, interpreter"] = _call(lambda: _interpreted(program, work))
    for engine, f in kept.items():
        found[f"a later gradient, {engine}"] = _call(lambda f=f: f.value_and_grad(*point))
    return {name: max(0.0, each) for name, each in found.items()}


def spaces(work: Workload) -> dict[str, float]:
    """Bytes of each stage, by its name: the most that Python's objects take at one time."""
    import lang

    found: dict[str, float] = {}
    programs: list[Any] = []
    found["the program itself"] = _kept(lambda: programs.append(lang.parse(work.text)))
    (program,) = programs
    found["first gradient, interpreter"] = _peak(lambda: _interpreted(program, work))
    for _ in range(OFTEN):
        _interpreted(program, work)
    found["a later gradient, interpreter"] = _peak(lambda: _interpreted(program, work))
    return found


def memory(call: Callable[[], object], times: int) -> int:
    """The most bytes that a call holds at one time, after so many others."""
    for _ in range(times):
        call()
    return _peak(call)


def _interpreted(program: Any, work: Workload) -> Any:
    return program.ask("grad", "z", inputs=work.point, engine="interpreter").value


def _often(call: Callable[[], Any]) -> float:
    times: list[float] = []
    while len(times) < 3 and sum(times) < ENOUGH:
        started = perf_counter()
        call()
        times.append(perf_counter() - started)
    return median(times)


def _call(call: Callable[[], Any]) -> float:
    count = clock.repetitions(call, 0.05)
    return median(clock.timed(call, count) for _ in range(3))


def _peak(call: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _kept(call: Callable[[], object]) -> int:
    """What is left of it."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
