"""A function of Python's `math` -> the same function without exceptions, as C and IEEE 754 have it.

Law: a kernel answers for every float. Where `math` raises, the total function gives what the C library
gives: nan outside the domain, an infinity at a pole, an infinity of the right sign on overflow. Everywhere
else the bits are the ones of the raw function."""

from __future__ import annotations

import math
from collections.abc import Callable

Unary = Callable[[float], float]
Binary = Callable[[float, float], float]

INF = math.inf
NAN = math.nan


def total(raw: Unary, *, at_zero: float = NAN, overflow: Unary | None = None) -> Unary:
    """The total function of a raw one.

    Args:
        raw: raises ValueError outside its domain and at poles, OverflowError on overflow.
        at_zero: the value where raw raises at 0 or -0 (`log`: -inf); every other such place is nan.
        overflow: the infinity to give on overflow, from the argument; +inf where it is left out.
    """

    def kernel(a: float) -> float:
        try:
            return raw(a)
        except OverflowError:
            return INF if overflow is None else overflow(a)
        except (ValueError, ZeroDivisionError):
            return at_zero if a == 0.0 else NAN

    kernel.__name__ = getattr(raw, "__name__", "kernel")
    kernel.__doc__ = f"`{kernel.__name__}`, never raising."
    return kernel


def signed_infinity(a: float) -> float:
    """The infinity with the sign of a."""
    return math.copysign(INF, a)


def edges(raw: Unary, values: dict[float, float]) -> Unary:
    """The total function of a raw one that raises at a few single places, with its value at each.

    Args:
        raw: raises ValueError outside its domain and at the places.
        values: place -> value (`atanh`: {1.0: inf, -1.0: -inf}); elsewhere nan.
    """

    def kernel(a: float) -> float:
        try:
            return raw(a)
        except ValueError:
            return values.get(a, NAN)

    kernel.__name__ = getattr(raw, "__name__", "kernel")
    kernel.__doc__ = f"`{kernel.__name__}`, never raising."
    return kernel
