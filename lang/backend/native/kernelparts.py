"""What is known of a kernel before it is read: functions whose LLVM text stands ready, and what its loops go through.

Law: a text that stands ready has the bits of the Python function, where that promises them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from lang.backend.native.jit import features
from lang.backend.native.primitives import FORMS, PRECISE_ONLY, declared
from lang.kernels import KERNELS, Key, exact

Known = tuple[tuple[int, tuple[float, ...]], ...]
"""Arguments of a call that are tuples of numbers: which, and their numbers."""


class NotPlain(Exception):
    """The kernel uses more of Python than is understood here."""


class Short(NamedTuple):
    """A function in LLVM.

    Attributes:
        text: its text; it is called `NAME`.
        outside: what it calls outside, with how many numbers each takes.
        results: how many numbers it gives.
    """

    text: str
    outside: dict[str, int]
    results: int = 1


_FUSED = """\
define internal {double, double} @NAME(double %a0, double %a1) nounwind {
  %high = fmul double %a0, %a1
  %less = fneg double %high
  %lost = call double @llvm.fma.f64(double %a0, double %a1, double %less)
  %one = insertvalue {double, double} undef, double %high, 0
  %both = insertvalue {double, double} %one, double %lost, 1
  ret {double, double} %both
}"""
"""What a product loses is a float, so this way finds the same one as the longer way without `fma`."""

_FORMS = {KERNELS[key]: key for key in FORMS if key not in PRECISE_ONLY}
"""Kernels that are a few instructions, where other kernels call them."""


@cache
def short(python: Callable[..., Any]) -> Short | None:
    """The text of a function that stands ready; None where it is to be read."""
    if python in _FORMS:
        return _form(_FORMS[python])
    if python is exact.two_product and "fma" in features():
        return Short(_FUSED, {"llvm.fma.f64": 3}, 2)
    return None


def _form(key: Key) -> Short:
    """The form of a primitive as a function."""
    operands = [f"%a{index}" for index in range(key[1])]
    *before, last = FORMS[key].format(*operands).split("\n")
    lines = "\n".join(f"  {each}" for each in (*before, f"%value = {last}", "ret double %value"))
    head = ", ".join(f"double {each}" for each in operands)
    return Short(f"define internal double @NAME({head}) nounwind {{\n{lines}\n}}", declared(key))


def turns(node: ast.expr, numbers: Callable[[ast.expr], tuple[float, ...] | None]) -> Sequence[Any]:
    """What a loop goes through, where that is known.

    Args:
        numbers: the numbers of an expression that is a tuple of them.
    """
    match node:
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=int() as number)]):
            return range(number)
        case ast.Call(func=ast.Name(id="reversed"), args=[inner]):
            return turns(inner, numbers)[::-1]
        case ast.Call(func=ast.Name(id="enumerate"), args=[inner, ast.Constant(value=int() as first)]):
            return tuple(enumerate(turns(inner, numbers), first))
        case _:
            found = numbers(node)
            if found is None:
                raise NotPlain
            return found
