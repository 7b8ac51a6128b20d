"""Libraries that make a program of its own out of a function, as contenders: CasADi, JAX, `torch.compile`, SymPy.

Law: each is used the way its own manual says is fast (compiled once, loops in its own words where it has some), on
double precision. What takes too long to be made ready is stopped by the clock, not by a guess made here.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.bench import pysource
from tests.bench.ready import Absent, Answer, Ready, points, same, vector
from tests.bench.workloads import Workload


def casadi(work: Workload) -> Ready:
    """CasADi: symbols once, a `Function` of value and derivatives, its own virtual machine; loops by `fold`.

    Its Hessian is asked for as an array with its zeros, since that is what all others give.
    """
    import casadi as ca

    n = len(work.point)
    looping = work.family in ("loop", "light")
    x = (ca.MX if looping else ca.SX).sym("x", n)
    if work.family == "rosenbrock":
        a, b = x[1:] - x[:-1] ** 2, 1 - x[:-1]
        z = ca.sum1(100 * a**2 + b**2)
    else:
        z = _folded(work, x, ca) if looping else pysource.function(work)(x, ca)
    ways = {
        "hessian": lambda: ca.densify(ca.hessian(z, x)[0]),
        "jvp": lambda: ca.jtimes(z, x, ca.DM([1.0, 0.0])),
    }
    f = ca.Function("f", [x], [z, ways.get(work.question, lambda: ca.gradient(z, x))()])
    if work.question == "batch":
        return _mapped(work, f, ca)
    buffer, run = f.buffer()
    given, value, made = vector(work), np.zeros(1), np.zeros(f.nnz_out(1))
    buffer.set_arg(0, memoryview(given))
    buffer.set_res(0, memoryview(value))
    buffer.set_res(1, memoryview(made))

    def call(kept: Any = (f, buffer, given, value, made)) -> None:  # CasADi keeps none of them
        run()

    def answer() -> Answer:
        found = f(given)
        return float(found[0]), np.array(found[1]).reshape(-1, n if work.question == "hessian" else 1).squeeze()

    return Ready(call, answer)


def _folded(work: Workload, x: Any, ca: Any) -> Any:
    s, y = ca.SX.sym("s"), ca.SX.sym("y")
    turn = s + 0.000001 * ca.sin(y * s) if work.family == "loop" else s * y + 0.25
    last = ca.Function("turn", [s, y], [turn]).fold(work.size)(x[0], ca.repmat(x[1], 1, work.size))
    return last * last


def _mapped(work: Workload, f: Any, ca: Any) -> Ready:
    import os

    rows = points(work)
    threads = work.threads or os.cpu_count() or 1
    mapped = f.map(len(rows), "thread", threads) if threads > 1 else f.map(len(rows))
    columns = ca.DM(rows.T)

    def answer() -> Answer:
        found = mapped(columns)
        return np.array(found[0]).ravel(), np.array(found[1]).T

    return Ready(lambda: mapped(columns), answer)


def jax(work: Workload) -> Ready:
    """JAX: `jit(value_and_grad(f))`, its loops as `scan`."""
    import jax as jx

    jx.config.update("jax_enable_x64", True)
    np_, lax = jx.numpy, jx.lax
    x = np_.array(points(work) if work.question == "batch" else vector(work))
    f = pysource.function(work)

    def g(x: Any) -> Any:
        if work.family not in ("loop", "light"):
            return f(x, np_)

        def turn(s: Any, _: Any) -> Any:
            return (s + 0.000001 * np_.sin(x[1] * s) if work.family == "loop" else s * x[1] + 0.25), None

        s, _ = lax.scan(turn, x[0], None, length=work.size)
        return s * s

    along = np_.array([1.0, 0.0])
    ways: dict[str, Any] = {
        "gradient": lambda: jx.value_and_grad(g),
        "batch": lambda: jx.vmap(jx.value_and_grad(g)),
        "hessian": lambda: lambda x: (g(x), jx.hessian(g)(x)),
        "jvp": lambda: lambda x: jx.jvp(g, (x,), (along,)),
    }
    compiled = jx.jit(ways[work.question]())
    return Ready(lambda: jx.block_until_ready(compiled(x)), lambda: tuple(map(np.asarray, compiled(x))))


def torch_compile(work: Workload) -> Ready:
    """PyTorch, compiled: `torch.compile` of the function, which compiles its backward, too."""
    import torch as th

    if work.question in ("hessian", "jvp"):
        raise Absent("it compiles a function and its backward")
    if work.family in ("loop", "light", "recursion"):
        raise Absent("it unrolls loops and calls")
    if work.threads:
        th.set_num_threads(work.threads)
    f = pysource.function(work, ":, " if work.question == "batch" else "")
    x = th.tensor(points(work) if work.question == "batch" else vector(work), requires_grad=True)
    compiled = th.compile(lambda x: f(x, th))

    def both() -> Answer:
        x.grad = None
        values = compiled(x)
        values.sum().backward()
        return values.detach().numpy(), x.grad.numpy()  # type: ignore[union-attr]

    return same(both)


def sympy(work: Workload) -> Ready:
    """SymPy: differentiate the formula, share common parts, `lambdify` for Python's math."""
    import sympy as sp

    if work.family not in ("lines", "rosenbrock"):
        raise Absent("loops and recursion have no formula")
    if work.question == "batch":
        raise Absent("it writes Python for single points")
    symbols = sp.symbols(list(work.point))
    z = pysource.function(work, arrays=False)(symbols, sp)
    if work.question == "hessian":
        f = sp.lambdify(symbols, [z, sp.hessian(z, symbols)], "numpy", cse=True)
    else:
        f = sp.lambdify(symbols, [z, *(sp.diff(z, each) for each in symbols)], "math", cse=True)
    point = tuple(work.point.values())

    def answer() -> Answer:
        value, *others = f(*point)
        return value, others[0] if work.question == "hessian" else others

    return Ready(lambda: f(*point), answer)
