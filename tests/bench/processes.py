"""What a start costs: whole processes beside a Python that does nothing.

Law: every process is started in turn with a bare one, and what is shown is the median of the differences. Python may
keep the bytecode of what it imports, as it does by itself.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

from tests.bench.clock import Timing

ROOT = Path(__file__).resolve().parents[2]
FIRST = "import lang; print(lang.parse('x = ?; y = ?; a = x * y; b = sin(x); z = a + b').grad('z', x=2.0, y=3.0))"
STARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "`ad version`": ("lang", ("-m", "lang", "version")),
    "`ad run` of a small file": ("lang", ("-m", "lang", "run", "examples/lecture.ad", "x=2", "y=3")),
    "first gradient, adlang": ("lang", ("-c", FIRST)),
    "first gradient, CasADi": (
        "casadi",
        (
            "-c",
            "import casadi as c; x = c.SX.sym('x', 2); z = x[0] * x[1] + c.sin(x[0]);"
            " print(c.Function('f', [x], [c.gradient(z, x)])([2.0, 3.0]))",
        ),
    ),
    "first gradient, autograd": (
        "autograd",
        ("-c", "import autograd as a, autograd.numpy as n; print(a.grad(lambda x, y: x * y + n.sin(x))(2.0, 3.0))"),
    ),
    "first gradient, JAX": (
        "jax",
        ("-c", "import jax, jax.numpy as n; print(jax.grad(lambda x, y: x * y + n.sin(x))(2.0, 3.0))"),
    ),
    "first gradient, PyTorch": (
        "torch",
        ("-c", "import torch as t; p = t.ones(2, requires_grad=True); (p[0] * p[1] + p[0].sin()).backward()"),
    ),
    "first gradient, SymPy": (
        "sympy",
        ("-c", "import sympy as s; x, y = s.symbols('x y'); print((x * y + s.sin(x)).diff(x))"),
    ),
}


def _process(arguments: tuple[str, ...]) -> float:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    words = [sys.executable, "-W", "ignore", *arguments]
    started = perf_counter()
    subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, env=kept)
    return perf_counter() - started


def starts(rounds: int) -> dict[str, Timing]:
    """Seconds over a bare `python -c pass`; the bare one itself under that name."""
    chosen = {name: words for name, (module, words) in STARTS.items() if importlib.util.find_spec(module)}
    for words in chosen.values():
        _process(words)
    over: dict[str, list[float]] = {name: [] for name in chosen}
    bare: list[float] = []
    for _ in range(rounds):
        for name, words in chosen.items():
            bare.append(_process(("-c", "pass")))
            over[name].append(max(0.0, _process(words) - bare[-1]))
    found = {"bare `python -c pass`": bare, **over}
    return {name: Timing(tuple(times)) for name, times in found.items()}
