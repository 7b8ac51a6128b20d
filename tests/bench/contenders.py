"""Who takes part: adlang's engines, hand-written C, and the libraries people would pick instead, where installed.

Law: each library is used the way its own manual says is fast (compiled once, arrays where it has arrays), on double
precision, and is asked only what finishes within minutes; what it is not asked shows as a dash.
"""

from __future__ import annotations

import ctypes
import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from lang.backend.rows import workers
from tests.bench import csource
from tests.bench.workloads import Workload

Answer = tuple[Any, Any]


@dataclass
class Ready:
    """A contender, compiled for a workload: `call` is what is timed, `answer` what it gives as (value, derivatives)."""

    call: Callable[[], Any]
    answer: Callable[[], Answer]


def points(work: Workload) -> np.ndarray:
    """The rows of a batch: the point, moved by up to a tenth."""
    chance = np.random.default_rng(3)
    base = np.array(list(work.point.values()))
    return base * chance.uniform(0.9, 1.1, (work.rows, len(base)))


def vector(work: Workload) -> np.ndarray:
    """The point as an array."""
    return np.array(list(work.point.values()))


def _same(call: Callable[[], Answer]) -> Ready:
    return Ready(call, call)


# --- adlang ---------------------------------------------------------------------------------------------------------


def interpreter(work: Workload) -> Ready | None:
    """The teaching interpreter."""
    import lang

    program = lang.parse(work.text)
    at = work.point
    if work.question == "gradient":
        call = lambda: program.value_and_grad("z", at=at)  # noqa: E731
        return Ready(call, lambda: _listed(call()))
    if work.question == "jvp":
        first = {next(iter(at)): 1.0}
        call = lambda: program.jvp("z", along=first, at=at)  # noqa: E731
        return Ready(call, lambda: (call()["z"][0], call()["z"][1]))
    if work.question == "hessian":
        call = lambda: program.hessian("z", at=at)  # noqa: E731
        return Ready(call, lambda: (program.run(at=at)["z"], call()))
    return None


def _listed(answer: Any) -> Answer:
    value, slopes = answer
    return value, list(slopes.values())


def engine(name: str, **options: Any) -> Callable[[Workload], Ready | None]:
    """A compiled engine."""

    def ready(work: Workload) -> Ready | None:
        import lang

        program = lang.parse(work.text)
        f = program.compile("z", engine=name)
        point = tuple(work.point.values())
        if work.question == "batch":
            rows, threads = points(work), work.threads or None
            call = lambda: f.grad_batch(rows, threads=threads, **options)  # noqa: E731
            return _same(call)
        if work.question == "jvp":
            along = (1.0,) + (0.0,) * (len(point) - 1)
            call = lambda: f.jvp(point, along)  # noqa: E731
            return Ready(call, lambda: (call()[0], [call()[1]]))
        if work.question == "hessian":
            return Ready(lambda: f.hessian(*point), lambda: (f(*point), f.hessian(*point)))
        return _same(lambda: f.value_and_grad(*point))

    return ready


def exact(work: Workload) -> Ready | None:
    """The native engine, with the bits of single calls; batches only."""
    return engine("native", exact=True)(work) if work.question == "batch" else None


# --- C ----------------------------------------------------------------------------------------------------------------


def hand_c(work: Workload) -> Ready | None:
    """A gradient written in C and compiled by gcc, called through ctypes with ready pointers."""
    library = csource.build(work)
    if library is None:
        return None
    pointer = ctypes.POINTER(ctypes.c_double)
    if work.question == "batch":
        rows = points(work)
        values, slopes = np.empty(len(rows)), np.empty_like(rows)
        library.f.restype, library.f.argtypes = None, [pointer, pointer, pointer, ctypes.c_long, ctypes.c_int]
        places = [each.ctypes.data_as(pointer) for each in (rows, values, slopes)]
        threads = work.threads or workers()

        def batch() -> Answer:
            library.f(*places, len(rows), threads)
            return values, slopes

        return _same(batch)
    x = vector(work)
    out = np.zeros((len(x), len(x)) if work.question == "hessian" else 1 if work.question == "jvp" else len(x))
    library.f.restype, library.f.argtypes = ctypes.c_double, [pointer, pointer]
    f, given, made = library.f, x.ctypes.data_as(pointer), out.ctypes.data_as(pointer)
    return Ready(lambda: f(given, made), lambda: (f(given, made), out))


# --- programs in Python that libraries trace ------------------------------------------------------------


def python_text(work: Workload, column: str = "") -> str:
    """`def f(p, m)`: the workload as Python, functions from the namespace `m`; `column` indexes rows of a batch."""
    if work.family == "loop":
        body = ["s, y = p[0], p[1]", f"for i in range({work.size}):", "    s = s + 0.001 * m.sin(y * s)", "z = s * s"]
    elif work.family == "rosenbrock":
        body = ["a, b = p[1:] - p[:-1] ** 2, 1 - p[:-1]", "z = (100 * a ** 2 + b ** 2).sum()"]
    else:
        body = [f"{name} = p[{column}{at}]" for at, name in enumerate(work.point)]
        body += [f"{line.target} = {_called(line.right, line.op)}" for line in work.lines]
    return "def f(p, m):\n    " + "\n    ".join([*body, "return z"]) + "\n"


def _called(right: str, op: str) -> str:
    return f"m.{right}" if len(op) > 1 else right


def python_function(work: Workload, column: str = "") -> Callable[..., Any]:
    """The function of `python_text`."""
    made: dict[str, Any] = {}
    exec(python_text(work, column=column), made)
    found: Callable[..., Any] = made["f"]
    return found


def numba(work: Workload) -> Ready | None:
    """The hand-written gradient of the C contender, in Python, compiled by numba."""
    import numba as nb

    if work.family != "lines" or len(work.lines) > 1_000:
        return _numba_loop(work, nb) if work.family == "loop" else None
    names = list(work.point)
    body = [f"{name} = p[{at}]" for at, name in enumerate(names)]
    body += [_math(each) for each in csource.statements(work.lines, names)]
    made: dict[str, Any] = {"math": __import__("math"), "nb": nb}
    if work.question == "batch":
        body = [each.replace("= p[", "= p[i, ") for each in body] + ["v[i] = z"]
        body += [f"g[i, {at}] = r_{name}" for at, name in enumerate(names)]
        exec("def f(p, v, g):\n  for i in nb.prange(len(p)):\n    " + "\n    ".join(body), made)
        compiled = nb.njit(parallel=True, fastmath=True)(made["f"])
        rows = points(work)
        values, slopes = np.empty(len(rows)), np.empty_like(rows)

        def batch() -> Answer:
            compiled(rows, values, slopes)
            return values, slopes

        batch()
        return _same(batch)
    body += [f"g[{at}] = r_{name}" for at, name in enumerate(names)]
    exec("def f(p, g):\n    " + "\n    ".join([*body, "return z"]), made)
    return _numba_call(nb.njit(made["f"]), vector(work))


def _math(statement: str) -> str:
    for name in ("sin", "cos", "tanh", "exp", "log", "sqrt"):
        statement = statement.replace(f"{name}(", f"math.{name}(")
    return statement


def _numba_call(f: Any, x: np.ndarray, count: int | None = None) -> Ready:
    g = np.zeros(len(x) if count is None else count)
    f(x, g)
    return Ready(lambda: f(x, g), lambda: (f(x, g), g))


def _numba_loop(work: Workload, nb: Any) -> Ready:
    from math import cos, sin

    turns = work.size

    def forward(x: Any, g: Any) -> Any:
        y, s, ds = x[1], x[0], 1.0
        for _ in range(turns):
            t, dt = y * s, y * ds
            s = s + 0.001 * sin(t)
            ds = ds + 0.001 * (cos(t) * dt)
        g[0] = 2 * s * ds
        return s * s

    def reverse(x: Any, g: Any) -> Any:
        y, s, gy = x[1], x[0], 0.0
        saved = np.empty(turns)
        for i in range(turns):
            saved[i] = s
            s = s + 0.001 * sin(y * s)
        z, gs = s * s, 2 * s
        for i in range(turns - 1, -1, -1):
            gt = cos(y * saved[i]) * (0.001 * gs)
            gy += saved[i] * gt
            gs += y * gt
        g[0], g[1] = gs, gy
        return z

    if work.question == "jvp":
        return _numba_call(nb.njit(forward), vector(work), 1)
    return _numba_call(nb.njit(reverse), vector(work))


def casadi(work: Workload) -> Ready | None:
    """CasADi: symbols once, a `Function` of value and gradient, its own virtual machine."""
    import casadi as ca

    if work.family == "loop":
        return None
    n = len(work.point)
    x = ca.SX.sym("x", n)
    if work.family == "rosenbrock":
        a, b = x[1:] - x[:-1] ** 2, 1 - x[:-1]
        z = ca.sum1(100 * a**2 + b**2)
    else:
        z = python_function(work)(x, ca)
    second = ca.hessian(z, x)[0] if work.question == "hessian" else ca.gradient(z, x)
    f = ca.Function("f", [x], [z, second])
    if work.question == "batch":
        rows = points(work)
        mapped = f.map(len(rows), "thread", os.cpu_count() or 1)
        columns = ca.DM(rows.T)
        return Ready(lambda: mapped(columns), lambda: _columns(mapped(columns)))
    buffer, run = f.buffer()
    given, value = vector(work), np.zeros(1)
    made = np.zeros(f.nnz_out(1))
    buffer.set_arg(0, memoryview(given))
    buffer.set_res(0, memoryview(value))
    buffer.set_res(1, memoryview(made))

    def call(kept: Any = (f, buffer, given, value, made)) -> None:  # CasADi keeps none of them
        run()

    return Ready(call, lambda: (float(f(given)[0]), np.array(f(given)[1]).reshape(-1)))


def _columns(found: Any) -> Answer:
    return np.array(found[0]).ravel(), np.array(found[1]).T


def jax(work: Workload) -> Ready | None:
    """JAX: `jit(value_and_grad(f))`, its loops as `fori_loop` and `scan`."""
    import jax as jx

    jx.config.update("jax_enable_x64", True)
    if len(work.lines) > 300:  # 1,000 scalar operations take XLA minutes to compile
        return None
    np_, lax = jx.numpy, jx.lax
    f = python_function(work) if work.family != "loop" else None
    x = np_.array(points(work) if work.question == "batch" else vector(work))

    def g(x: Any) -> Any:
        if f is not None:
            return f(x, np_)

        def turn(s: Any, _: Any) -> Any:
            return s + 0.001 * np_.sin(x[1] * s), None

        s, _ = lax.scan(turn, x[0], None, length=work.size)
        return s * s

    if work.question == "jvp":
        compiled = jx.jit(lambda x: jx.jvp(g, (x,), (np_.array([1.0, 0.0]),)))
        return Ready(lambda: jx.block_until_ready(compiled(x)), lambda: _first(compiled(x)))
    way = {"gradient": jx.value_and_grad(g), "batch": jx.vmap(jx.value_and_grad(g))}.get(work.question)
    compiled = jx.jit(way or (lambda x: (g(x), jx.hessian(g)(x))))
    return Ready(lambda: jx.block_until_ready(compiled(x)), lambda: tuple(map(np.asarray, compiled(x))))


def _first(found: Any) -> Answer:
    return float(found[0]), [float(found[1])]


def torch(work: Workload) -> Ready | None:
    """PyTorch: eager for single points; for batches `torch.compile` of the function, with its backward."""
    import torch as th

    if work.operations > 500_000 or work.question == "jvp":
        return None
    f = python_function(work, ":, " if work.question == "batch" else "")
    if work.question == "batch":
        rows = th.tensor(points(work), requires_grad=True)
        compiled = th.compile(lambda rows: f(rows, th))

        def batch() -> Answer:
            rows.grad = None
            values = compiled(rows)
            values.sum().backward()
            return values.detach().numpy(), rows.grad.numpy()  # type: ignore[union-attr]

        batch()
        return _same(batch)
    x = th.tensor(vector(work), requires_grad=True)
    if work.question == "hessian":
        second = th.func.hessian(lambda x: f(x, th))
        return Ready(lambda: second(x), lambda: (f(x, th).item(), second(x).detach().numpy()))

    def gradient() -> Answer:
        x.grad = None
        value = f(x if work.family == "rosenbrock" else x.unbind(), th)
        value.backward()
        return value.item(), x.grad

    return Ready(gradient, lambda: (gradient()[0], x.grad.numpy()))  # type: ignore[union-attr]


def autograd(work: Workload) -> Ready | None:
    """HIPS autograd: NumPy with a tape."""
    import autograd as ag
    import autograd.numpy as anp

    if work.question in ("jvp", "hessian") or work.operations > 500_000:
        return None
    if work.question == "batch":
        f = python_function(work, ":, ")
        rows = points(work)
        slopes = ag.elementwise_grad(lambda rows: f(rows, anp))
        return Ready(lambda: slopes(rows), lambda: (f(rows, anp), slopes(rows)))
    f = python_function(work)
    x = vector(work)
    if work.family == "rosenbrock":
        both = ag.value_and_grad(lambda x: f(x, anp))
        return _same(lambda: both(x))
    whole = ag.value_and_grad(lambda x: f(x, anp))
    given = tuple(map(float, x))
    return _same(lambda: whole(given))


def micrograd(work: Workload) -> Ready | None:
    """micrograd's `Value`, with the functions it lacks added in its own style, its sweep freed of recursion."""
    from tests.bench.micro import Value

    if work.question != "gradient" or work.operations > 120_000 or work.family == "rosenbrock":
        return None
    f = python_function(work)
    point = list(work.point.values())

    def gradient() -> Answer:
        leaves = [Value(each) for each in point]
        z = f(leaves, Value)
        z.backward()
        return z.data, [each.grad for each in leaves]

    return _same(gradient)


def sympy(work: Workload) -> Ready | None:
    """SymPy: differentiate the formula, share common parts, `lambdify` for Python's math."""
    import sympy as sp

    if work.family != "lines" or work.question != "gradient" or len(work.lines) > 100:
        return None
    symbols = sp.symbols(list(work.point))
    z = python_function(work)(symbols, sp)
    f = sp.lambdify(symbols, [z, *(sp.diff(z, each) for each in symbols)], "math", cse=True)
    point = tuple(work.point.values())
    return Ready(lambda: f(*point), lambda: (f(*point)[0], f(*point)[1:]))


PEERS: dict[str, tuple[str, Callable[[Workload], Ready | None]]] = {
    "numba": ("numba", numba),
    "casadi": ("casadi", casadi),
    "jax": ("jax", jax),
    "torch": ("torch", torch),
    "autograd": ("autograd", autograd),
    "micrograd": ("micrograd", micrograd),
    "sympy": ("sympy", sympy),
}


def engines() -> dict[str, Callable[[Workload], Ready | None]]:
    """adlang's engines that are there."""
    import lang

    found: dict[str, Callable[[Workload], Ready | None]] = {"interpreter": interpreter}
    if hasattr(lang.Program, "compile"):
        found["python"] = engine("python")
        if importlib.util.find_spec("llvmlite"):
            found["native"] = engine("native")
            found["exact"] = exact
    return found


def on_all_cores(ready: Callable[[Workload], Ready | None]) -> Callable[[Workload], Ready | None]:
    """A contender that is asked only what may use all cores."""
    return lambda work: None if work.threads else ready(work)


def taking_part(names: set[str] | None = None) -> dict[str, Callable[[Workload], Ready | None]]:
    """Everybody who is here, or those named; C first, then adlang, then the peers."""
    found: dict[str, Callable[[Workload], Ready | None]] = {"C": hand_c, **engines()}
    for name, (module, ready) in PEERS.items():
        if importlib.util.find_spec(module):
            found[name] = on_all_cores(ready)
    return {name: each for name, each in found.items() if names is None or name in names}


OURS = ("native", "exact", "python", "interpreter")
