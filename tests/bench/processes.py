"""What a start costs: whole processes beside a Python that does nothing, and what single stages cost: parsing, memory.

Law: every process is started in turn with a bare one, and what is shown is the median of the differences.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.bench.workloads import Workload

ROOT = Path(__file__).resolve().parents[2]
FIRST = "import lang; print(lang.parse('x = ?; y = ?; a = x * y; b = sin(x); z = a + b').grad('z', x=2.0, y=3.0))"
STARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "`ad version`": ("lang", ("-m", "lang", "version")),
    "`ad run` of a small file": ("lang", ("-m", "lang", "run", "examples/lecture.ad", "x=2", "y=3")),
    "first gradient, adlang": ("lang", ("-c", FIRST)),
    "import casadi": ("casadi", ("-c", "import casadi")),
    "first gradient, autograd": (
        "autograd",
        ("-c", "import autograd as a, autograd.numpy as n; print(a.grad(lambda x, y: x * y + n.sin(x))(2.0, 3.0))"),
    ),
    "first gradient, jax": (
        "jax", ("-c", "import jax, jax.numpy as n; print(jax.grad(lambda x, y: x * y + n.sin(x))(2.0, 3.0))"),
    ),
    "first gradient, torch": (
        "torch",
        ("-c", "import torch as t; p = t.ones(2, requires_grad=True); (p[0] * p[1] + p[0].sin()).backward()"),
    ),
    "first gradient, sympy": (
        "sympy", ("-c", "import sympy as s; x, y = s.symbols('x y'); print((x * y + s.sin(x)).diff(x))"),
    ),
}


def _process(arguments: tuple[str, ...]) -> float:
    started = perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - started


def starts(rounds: int, named: tuple[str, ...] = ()) -> dict[str, float]:
    """Seconds over a bare `python -c pass`; the bare one itself under that name."""
    chosen = {name: words for name, (module, words) in STARTS.items() if importlib.util.find_spec(module)}
    chosen = {name: words for name, words in chosen.items() if not named or name in named}
    for words in chosen.values():
        _process(words)
    over: dict[str, list[float]] = {name: [] for name in chosen}
    bare: list[float] = []
    for _ in range(rounds):
        for name, words in chosen.items():
            bare.append(_process(("-c", "pass")))
            over[name].append(_process(words) - bare[-1])
    return {"bare `python -c pass`": median(bare), **{name: median(found) for name, found in over.items()}}


def parsing(work: Workload, rounds: int) -> tuple[float, int]:
    """Seconds to parse, check and lower a program; its length in characters."""
    import lang

    times = []
    for _ in range(rounds):
        started = perf_counter()
        lang.parse(work.text)
        times.append(perf_counter() - started)
    return median(times), len(work.text)


def memory(call: Callable[[], object]) -> int:
    """The most bytes a call holds at one time."""
    call()
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
