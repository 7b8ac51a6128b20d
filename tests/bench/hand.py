"""Derivatives by hand as contenders: in C, compiled by gcc, and in Python, compiled by numba.

Law: no library differentiates here; this is how fast a gradient can be where a person takes the time to write it.
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from tests.bench import csource
from tests.bench.ready import Absent, Answer, Ready, points, room, same, vector
from tests.bench.workloads import Workload

LONG = 20_000
"""Lines of C that gcc compiles in less than a minute."""


def outputs(work: Workload) -> np.ndarray:
    """Room for the derivatives."""
    count = len(work.point)
    return np.zeros({"hessian": (count, count), "jvp": (1,)}.get(work.question, (count,)))


def fast(work: Workload) -> Ready:
    """The same with other arithmetic than is written; batches only."""
    if work.question != "batch":
        raise Absent("its arithmetic would not be that of the others")
    return c(work, fast=True)


def c(work: Workload, fast: bool = False) -> Ready:
    """A gradient written in C and compiled by gcc, called through ctypes with ready pointers."""
    if len(work.lines) > LONG:
        raise Absent("gcc takes minutes, at every level, and nobody writes this by hand")
    library = csource.build(work, fast)
    pointer = ctypes.POINTER(ctypes.c_double)
    if work.question == "batch":
        from lang.backend.rows.job import workers

        rows = points(work)
        values, slopes = room(rows)
        library.f.restype, library.f.argtypes = None, [pointer, pointer, pointer, ctypes.c_long, ctypes.c_int]
        places = [each.ctypes.data_as(pointer) for each in (rows, values, slopes)]
        threads = work.threads or workers()

        def batch() -> Answer:
            library.f(*places, len(rows), threads)
            return values, slopes

        return same(batch)
    x, out = vector(work), outputs(work)
    library.f.restype, library.f.argtypes = ctypes.c_double, [pointer, pointer]
    f, given, made = library.f, x.ctypes.data_as(pointer), out.ctypes.data_as(pointer)
    return Ready(lambda: f(given, made), lambda: (f(given, made), out))


def numba(work: Workload) -> Ready:
    """The same in Python, compiled by numba."""
    import numba as nb

    if work.threads:
        nb.set_num_threads(work.threads)
    if work.family != "lines":
        from tests.bench import hand_numba

        function = hand_numba.FORMS.get((work.family, work.question))
        if function is None:
            raise Absent("not written by hand")
        x, g = vector(work), outputs(work)
        compiled = function()
        return Ready(lambda: compiled(x, g, work.size), lambda: (compiled(x, g, work.size), g))
    if len(work.lines) > LONG:
        raise Absent("nobody writes this by hand")
    names = list(work.point)
    body = [f"{name} = p[{at}]" for at, name in enumerate(names)]
    body += [_math(each) for each in csource.statements(work.lines, names)]
    made: dict[str, Any] = {"math": __import__("math"), "nb": nb}
    if work.question == "batch":
        body = [each.replace("= p[", "= p[i, ") for each in body] + ["v[i] = z"]
        body += [f"g[i, {at}] = r_{name}" for at, name in enumerate(names)]
        exec("def f(p, v, g):\n  for i in nb.prange(len(p)):\n    " + "\n    ".join(body), made)
        whole = nb.njit(parallel=True, fastmath=True)(made["f"])
        rows = points(work)
        values, slopes = room(rows)

        def batch() -> Answer:
            whole(rows, values, slopes)
            return values, slopes

        return same(batch)
    body += [f"g[{at}] = r_{name}" for at, name in enumerate(names)]
    exec("def f(p, g):\n    " + "\n    ".join([*body, "return z"]), made)
    f, x, g = nb.njit(made["f"]), vector(work), outputs(work)
    return Ready(lambda: f(x, g), lambda: (f(x, g), g))


def _math(statement: str) -> str:
    for name in ("sin", "cos", "tanh", "exp", "log", "sqrt"):
        statement = statement.replace(f"{name}(", f"math.{name}(")
    return statement
