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
from autograd import grad as autograd_grad
from mpmath import mp, mpf

from tests import accuracy
from tests.awkward import KINK, POINTS, Awkward
from tests.references import PARTIALS, VALUES, Key
from tests.test_awkward import fits

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

WHERE: dict[str, Function] = {"JAX": jnp.where, "PyTorch": torch.where, "autograd": anp.where}
CONSTANT: dict[str, Function] = {
    "JAX": jnp.float64,
    "PyTorch": lambda value: torch.tensor(value, dtype=torch.float64),
    "autograd": np.float64,
}
ALIASES = {"clip": {"JAX": jnp.clip, "PyTorch": torch.clamp, "autograd": anp.clip}}


def asked(key: str, point: Awkward) -> str:
    """What a library answers at a point; bold where that is wrong."""
    functions, _ = LIBRARIES[key]
    own = {name: _lifted(key, each) for name, each in functions.items() if name.isidentifier()}
    own |= {"where": WHERE[key], "x": None} | {name: each[key] for name, each in ALIASES.items()}
    own["where"] = _lifted(key, own["where"])
    code = compile(point.text, "an awkward point", "eval")
    missing = [name for name in code.co_names if name not in own]
    if missing:
        return ""
    try:
        value = _slope(key, lambda x: eval(code, {"__builtins__": {}}, own | {"x": x}), point.at)
    except (NotImplementedError, TypeError, RuntimeError, ValueError, ZeroDivisionError) as error:
        return f"no derivative ({type(error).__name__})"
    return f"{value:.6g}" if _stands(value, point) else f"**{value:.6g}**"


def _stands(value: float, point: Awkward) -> bool:
    """Is it right to eight digits, or, at a kink, any number? Conventions differ there, and none is wrong."""
    right = mpf(point.right)
    if KINK[0] in point.notes:
        return math.isfinite(value)
    return fits(value, right) or bool(mp.isfinite(right) and abs(value - right) <= mpf("1e-8") * abs(right))


def _lifted(key: str, function: Function) -> Function:
    """The function with plain numbers among its arguments made the library's own."""
    return lambda *given: function(*(CONSTANT[key](each) if isinstance(each, float | int) else each for each in given))


def _slope(key: str, function: Function, at: float) -> float:
    if key == "JAX":
        return float(jax.grad(function)(jnp.float64(at)))
    if key == "autograd":
        return float(autograd_grad(function)(np.array(at)))
    x = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    value = function(x)
    value.backward()
    return math.nan if x.grad is None else float(x.grad)


def awkward_table() -> None:
    """What each library answers at points where the textbook formula fails, and at kinks."""
    print("\nBold: nan or infinite where the derivative is not, or fewer than eight right digits.")
    print("\n| awkward point | right or documented |", " | ".join(LIBRARIES), "|")
    print("| --- | --- |", " | ".join("---" for _ in LIBRARIES), "|")
    wrong, told = dict.fromkeys(LIBRARIES, 0), dict.fromkeys(LIBRARIES, 0)
    for point in POINTS:
        cells = [asked(key, point) for key in LIBRARIES]
        for key, cell in zip(LIBRARIES, cells, strict=True):
            wrong[key] += cell.startswith("**")
            told[key] += bool(cell)
        print("|", point.title, "|", f"{float(point.right):.6g}", "|", " | ".join(cells), "|")
    counts = (f"{wrong[key]} of {told[key]}" for key in LIBRARIES)
    print("| wrong | |", " | ".join(counts), "|")


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
