"""The partial derivatives of JAX, PyTorch and autograd, measured against the truth of `tests.accuracy`.

Law: every library gets the same points, double precision, and its own function of that name; where it has
none, the cell is empty. A point counts only where value and partial are normal floats.

    python -m tests.bench.peers_accuracy > peers.md      # needs jax, torch, autograd, scipy, mpmath
"""

from __future__ import annotations

import argparse
import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import autograd.scipy.special as asp
import jax
import jax.numpy as jnp
import jax.scipy.special as jsp
import numpy as np
import torch
from autograd import elementwise_grad
from mpmath import mp, mpf

from tests import accuracy
from tests.references import PARTIALS, VALUES, Key

jax.config.update("jax_enable_x64", True)
Function = Callable[..., Any]
Gradient = Callable[[Function, int, list[np.ndarray]], np.ndarray]


def _here(names: str, **places: Any) -> dict[str, Function]:
    return {name: getattr(places["module"], name) for name in names.split() if hasattr(places["module"], name)}


_PLAIN = "sin cos tan exp log sqrt abs exp2 expm1 log2 log10 log1p square hypot sinh cosh tanh sinc"
_OPERATORS: dict[str, Function] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}
JAX = (
    _OPERATORS
    | _here(_PLAIN + " cbrt deg2rad rad2deg sign floor ceil trunc copysign logaddexp", module=jnp)
    | _here("logit xlogy erf erfc digamma", module=jsp)
    | {"asin": jnp.arcsin, "acos": jnp.arccos, "atan": jnp.arctan, "atan2": jnp.arctan2, "asinh": jnp.arcsinh}
    | {"acosh": jnp.arccosh, "atanh": jnp.arctanh, "min": jnp.minimum, "max": jnp.maximum, "rem": jnp.fmod}
    | {
        "mod": jnp.mod,
        "rsqrt": jax.lax.rsqrt,
        "inv": jnp.reciprocal,
        "relu": jax.nn.relu,
        "silu": jax.nn.silu,
    }
    | {"sigmoid": jax.nn.sigmoid, "softplus": jax.nn.softplus, "erfinv": jax.lax.erf_inv, "gamma": jsp.gamma}
    | {
        "gelu": lambda a: jax.nn.gelu(a, approximate=False),
        "lgamma": jsp.gammaln,
        "lbeta": jsp.betaln,
        "beta": jsp.beta,
    }
    | {"trigamma": lambda a: jsp.polygamma(1, a)}
)
TORCH = (
    _OPERATORS
    | _here(
        _PLAIN + " deg2rad rad2deg sign floor ceil trunc copysign logaddexp asin acos atan atan2 asinh",
        module=torch,
    )
    | _here("acosh atanh rsqrt relu sigmoid logit xlogy erf erfc erfinv lgamma digamma", module=torch)
    | {
        "min": torch.minimum,
        "max": torch.maximum,
        "rem": torch.fmod,
        "mod": torch.remainder,
        "inv": torch.reciprocal,
    }
    | {
        "silu": torch.nn.functional.silu,
        "gelu": torch.nn.functional.gelu,
        "softplus": torch.nn.functional.softplus,
    }
    | {"trigamma": lambda a: torch.polygamma(1, a)}
)
AUTOGRAD = (
    _OPERATORS
    | _here(_PLAIN.replace("hypot ", "") + " deg2rad rad2deg sign floor ceil trunc logaddexp mod", module=anp)
    | _here("erf erfc erfinv gamma beta logit", module=asp)
    | {"asin": anp.arcsin, "acos": anp.arccos, "atan": anp.arctan, "atan2": anp.arctan2, "asinh": anp.arcsinh}
    | {
        "acosh": anp.arccosh,
        "atanh": anp.arctanh,
        "min": anp.minimum,
        "max": anp.maximum,
        "inv": anp.reciprocal,
    }
    | {"sigmoid": asp.expit, "lgamma": asp.gammaln, "digamma": asp.digamma, "lbeta": asp.betaln}
    | {"trigamma": lambda a: asp.polygamma(1, a)}
)


def jax_gradient(function: Function, index: int, columns: list[np.ndarray]) -> np.ndarray:
    """The partial by one argument at every row."""
    return np.asarray(jax.jit(jax.vmap(jax.grad(function, argnums=index)))(*map(jnp.asarray, columns)))


def torch_gradient(function: Function, index: int, columns: list[np.ndarray]) -> np.ndarray:
    """The partial by one argument at every row."""
    tensors = [torch.tensor(each, dtype=torch.float64) for each in columns]
    tensors[index].requires_grad_()
    function(*tensors).sum().backward()
    return tensors[index].grad.numpy()


def autograd_gradient(function: Function, index: int, columns: list[np.ndarray]) -> np.ndarray:
    """The partial by one argument at every row."""
    return np.asarray(elementwise_grad(function, index)(*columns))


LIBRARIES: dict[str, tuple[dict[str, Function], Gradient]] = {
    "JAX": (JAX, jax_gradient),
    "PyTorch": (TORCH, torch_gradient),
    "autograd": (AUTOGRAD, autograd_gradient),
}


@dataclass
class Points:
    """Where one partial was measured, and what it is there."""

    primitive: Key
    index: int
    rows: list[tuple[float, ...]]
    truths: list[mpf]


def points(primitive: Key, count: int) -> list[Points]:
    """The samples with a normal value and a normal partial, for each argument."""
    found = [Points(primitive, i, [], []) for i, each in enumerate(PARTIALS[primitive]) if each is not None]
    for args in accuracy.samples(primitive, count):
        exact = tuple(map(mpf, args))
        value = VALUES[primitive](*exact)
        if value is None or not mp.isfinite(value) or not accuracy.is_normal(value):
            continue
        for each in found:
            truth = PARTIALS[primitive][each.index](*exact)
            if truth is not None and mp.isfinite(truth) and accuracy.is_normal(truth):
                each.rows.append(args)
                each.truths.append(truth)
    return found


def summary(computed: list[float], each: Points) -> str:
    """The worst error in ulp, with its place, and at how many points there is nan or a wrong infinity."""
    errors = [accuracy.ulp_error(value, truth) for value, truth in zip(computed, each.truths, strict=True)]
    broken = sum(map(math.isinf, errors))
    finite = [(error, row) for error, row in zip(errors, each.rows, strict=True) if not math.isinf(error)]
    error, row = max(finite, default=(0.0, ()))
    text = f"{error:.2g}" if error <= 16 else f"**{error:.1e}** at {', '.join(f'{a:.6g}' for a in row)}"
    return text + (f"; {broken} nan/inf/0" if broken else "")


def accuracy_table(count: int) -> None:
    """Worst errors of each partial: this project's rules, then the libraries."""
    print("| partial | points | adlang |", " | ".join(LIBRARIES), "|")
    print("| --- | --- | --- |", " | ".join("---" for _ in LIBRARIES), "|")
    for primitive in accuracy.rules():
        name, arity = primitive
        having = {key: value for key, value in LIBRARIES.items() if name in value[0]}
        if not having or primitive in (("log", 2), ("+", 1), ("-", 1)):
            continue
        for each in points(primitive, count):
            if not any(each.truths) or not each.rows:
                continue
            columns = [np.array(column, dtype=np.float64) for column in zip(*each.rows, strict=True)]
            own = [accuracy.partial(primitive, each.index, row) for row in each.rows]
            cells = [summary(own, each)]
            cells += [_cell(key, name, each, columns) if key in having else "" for key in LIBRARIES]
            title = f"`{name}`" + (f" by {accuracy.rules()[primitive][0][each.index]}" if arity > 1 else "")
            print("|", title, "|", len(each.rows), "|", " | ".join(cells), "|", flush=True)


def _cell(key: str, name: str, each: Points, columns: list[np.ndarray]) -> str:
    functions, gradient = LIBRARIES[key]
    try:
        computed = gradient(functions[name], each.index, columns)
    except (NotImplementedError, TypeError, ValueError, RuntimeError) as error:
        return f"no derivative ({type(error).__name__})"
    return summary([float(value) for value in computed], each)


# --- awkward points --------------------------------------------------------------------------------

# title, the function of one argument in a library, where, the right or documented derivative
Chain = Callable[[dict[str, Function]], Function]
AWKWARD: list[tuple[str, Chain, float, float]] = [
    ("x**3 at 0", lambda f: lambda x: x**3.0, 0.0, 0.0),
    ("x**2 at 0", lambda f: lambda x: x**2.0, 0.0, 0.0),
    ("x**1 at 0", lambda f: lambda x: x**1.0, 0.0, 1.0),
    ("x**0 at 0", lambda f: lambda x: x**0.0, 0.0, 0.0),
    ("x**y by x at (-2, 3)", lambda f: lambda x: f["**"](x, f["const"](3.0)), -2.0, 12.0),
    ("0**y by y at 2", lambda f: lambda y: f["**"](f["const"](0.0), y), 2.0, 0.0),
    ("sqrt(x)**2 at 0", lambda f: lambda x: f["sqrt"](x) ** 2, 0.0, math.nan),
    ("sqrt(x**2) at 0", lambda f: lambda x: f["sqrt"](x**2), 0.0, math.nan),
    ("abs(x) at 0", lambda f: lambda x: f["abs"](x), 0.0, 0.0),
    ("max(x, -x) at 0", lambda f: lambda x: f["max"](x, -x), 0.0, 0.0),
    ("max(x, 0) at 0", lambda f: lambda x: f["max"](x, f["const"](0.0)), 0.0, 0.5),
    ("relu(x) at 0", lambda f: lambda x: f["relu"](x), 0.0, 0.0),
    ("hypot(x, x) at 0", lambda f: lambda x: f["hypot"](x, x), 0.0, 0.0),
    ("hypot(x, 4e200) at 3e200", lambda f: lambda x: f["hypot"](x, f["const"](4e200)), 3e200, 0.6),
    ("sinc(x) at 0", lambda f: lambda x: f["sinc"](x), 0.0, 0.0),
    ("sinc(x) at 1e-6", lambda f: lambda x: f["sinc"](x), 1e-6, -1e-6 * math.pi**2 / 3),
    ("logaddexp(x, -inf) at 1", lambda f: lambda x: f["logaddexp"](x, f["const"](-math.inf)), 1.0, 1.0),
    ("logaddexp(x, -800) at 800", lambda f: lambda x: f["logaddexp"](x, f["const"](-800.0)), 800.0, 1.0),
    ("tanh(x) at 20", lambda f: lambda x: f["tanh"](x), 20.0, 1.6993417021166355e-17),
    ("tanh(x) at 400", lambda f: lambda x: f["tanh"](x), 400.0, 0.0),
    ("xlogy(x, 2) at 0", lambda f: lambda x: f["xlogy"](x, f["const"](2.0)), 0.0, math.log(2.0)),
    ("xlogy(0, y) at y = 0", lambda f: lambda y: f["xlogy"](f["const"](0.0), y), 0.0, 0.0),
    ("atan(x) at 1e200", lambda f: lambda x: f["atan"](x), 1e200, 0.0),
    ("acosh(x) at 1e200", lambda f: lambda x: f["acosh"](x), 1e200, 1e-200),
    ("atan2(x, x) by both at 1e200", lambda f: lambda x: f["atan2"](x, x), 1e200, 0.0),
    ("softplus(x) at -800", lambda f: lambda x: f["softplus"](x), -800.0, 0.0),
    ("mod(x, 3) at -7", lambda f: lambda x: f["mod"](x, f["const"](3.0)), -7.0, 1.0),
]
WHERE: dict[str, Function] = {"JAX": jnp.where, "PyTorch": torch.where, "autograd": anp.where}
CONSTANT: dict[str, Function] = {
    "JAX": jnp.float64,
    "PyTorch": lambda value: torch.tensor([value], dtype=torch.float64),
    "autograd": np.float64,
}
GUARDED: list[tuple[str, Chain, float, float]] = [
    (
        "where(x > 0, log(x), 0) at 0",
        lambda f: lambda x: f["where"](x > 0, f["log"](x), f["const"](0.0)),
        0.0,
        0.0,
    ),
    (
        "where(x > 0, sqrt(x), 0) at 0",
        lambda f: lambda x: f["where"](x > 0, f["sqrt"](x), f["const"](0.0)),
        0.0,
        0.0,
    ),
    (
        "where(x > 0, x**0.5, 0) at -1",
        lambda f: lambda x: f["where"](x > 0, x**0.5, f["const"](0.0)),
        -1.0,
        0.0,
    ),
]


def awkward_table() -> None:
    """What each library answers at points where the textbook formula fails, and at kinks."""
    print("\n| awkward point | right or documented |", " | ".join(LIBRARIES), "|")
    print("| --- | --- |", " | ".join("---" for _ in LIBRARIES), "|")
    for title, chain, at, right in AWKWARD + GUARDED:
        cells = []
        for key, (functions, gradient) in LIBRARIES.items():
            function = chain(functions | {"where": WHERE[key], "const": CONSTANT[key]})
            try:
                value = float(gradient(function, 0, [np.array([at])])[0])
            except (KeyError, NotImplementedError, TypeError, RuntimeError) as error:
                cells.append("" if isinstance(error, KeyError) else f"no derivative ({type(error).__name__})")
                continue
            close = abs(value - right) <= 1e-14 * abs(right)
            same = value == right or close or (math.isnan(value) and math.isnan(right))
            cells.append(f"{value:.6g}" if same else f"**{value:.6g}**")
        print("|", title, "|", f"{right:.6g}", "|", " | ".join(cells), "|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--awkward", action="store_true", help="only the table of awkward points")
    parser.add_argument("--count", type=int, default=300, help="about how many samples of each primitive")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    if not chosen.awkward:
        versions = f"JAX {jax.__version__}, PyTorch {torch.__version__}, autograd"
        print(f"Worst error of each partial derivative in units in the last place; {versions}. Bold: above 16.")
        print("`nan/inf/0`: points where the answer is not finite, or not 0 where it should be.\n")
        accuracy_table(chosen.count)
    awkward_table()


if __name__ == "__main__":
    main()
