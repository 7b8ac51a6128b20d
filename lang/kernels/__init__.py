"""A primitive's name and arity -> its value on Python floats.

Law: a kernel is total. For every float it answers what C and IEEE 754 answer (exp(1000) is inf, log(-1) is
nan) and raises nothing. `FAST` holds, for finite arguments, the quickest callable with the same bits where
it returns; where the result is not finite it may raise ZeroDivisionError, OverflowError or ValueError
instead. Derivatives are not here: they are lines of `grammar/rules.ad`.

    arithmetic, rounding            + - * / **, powers and roots; steps and whole numbers
    trigonometric, hyperbolic       circular and hyperbolic functions
    logarithmic                     logarithms, sigmoids and their kin
    error, gamma, beta              special functions
    polybeta, polysinc              their derivatives of any order
    exact, wide                     products without rounding; 50 digits, for the few places where floats cancel
    total                           a function of `math` -> one that raises nothing
    comparisons                     what `<` and `==` mean

Where the C library has a function that is accurate, Python's `math` calls it and nothing is added, so that
compiled code computes the same bits. Accuracy of each, measured: `python -m tests.accuracy`."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from lang.kernels import (
    arithmetic,
    beta,
    error,
    exact,
    gamma,
    hyperbolic,
    logarithmic,
    polybeta,
    polysinc,
    rounding,
    trigonometric,
)
from lang.kernels.total import edges, signed_infinity, total

Kernel = Callable[..., float]
Key = tuple[str, int]


def _exp10(a: float) -> float:
    return math.pow(10.0, a)


_BOTH: dict[Key, tuple[Kernel, Kernel]] = {
    # key            total                                            fast
    ("+", 2): (operator.add, operator.add),
    ("-", 2): (operator.sub, operator.sub),
    ("*", 2): (operator.mul, operator.mul),
    ("/", 2): (arithmetic.divide, operator.truediv),
    ("**", 2): (arithmetic.power, arithmetic.raw_power),
    ("//", 2): (arithmetic.floor_divide, operator.floordiv),
    ("+", 1): (operator.pos, operator.pos),
    ("-", 1): (operator.neg, operator.neg),
    ("sin", 1): (total(math.sin), math.sin),
    ("cos", 1): (total(math.cos), math.cos),
    ("tan", 1): (total(math.tan), math.tan),
    ("exp", 1): (total(math.exp), math.exp),
    ("log", 1): (total(math.log, at_zero=-math.inf), math.log),
    ("sqrt", 1): (total(math.sqrt), math.sqrt),
    ("abs", 1): (abs, abs),
    ("exp2", 1): (total(math.exp2), math.exp2),
    ("exp10", 1): (total(_exp10), _exp10),
    ("expm1", 1): (total(math.expm1), math.expm1),
    ("log2", 1): (total(math.log2, at_zero=-math.inf), math.log2),
    ("log10", 1): (total(math.log10, at_zero=-math.inf), math.log10),
    ("log1p", 1): (edges(math.log1p, {-1.0: -math.inf}), math.log1p),
    ("log", 2): (logarithmic.log_base, logarithmic.raw_log_base),
    ("inv", 1): (arithmetic.inverse, arithmetic.raw_inverse),
    ("hypot", 2): (arithmetic.hypot, arithmetic.raw_hypot),
    ("asin", 1): (total(math.asin), math.asin),
    ("acos", 1): (total(math.acos), math.acos),
    ("atan", 1): (math.atan, math.atan),
    ("atan2", 2): (math.atan2, math.atan2),
    ("sinh", 1): (total(math.sinh, overflow=signed_infinity), math.sinh),
    ("cosh", 1): (total(math.cosh), math.cosh),
    ("tanh", 1): (math.tanh, math.tanh),
    ("asinh", 1): (math.asinh, math.asinh),
    ("acosh", 1): (total(math.acosh), math.acosh),
    ("atanh", 1): (edges(math.atanh, {1.0: math.inf, -1.0: -math.inf}), math.atanh),
    ("deg2rad", 1): (math.radians, math.radians),
    ("rad2deg", 1): (math.degrees, math.degrees),
    ("mod", 2): (arithmetic.modulo, operator.mod),
    ("rem", 2): (arithmetic.remainder, math.fmod),
    ("copysign", 2): (math.copysign, math.copysign),
    ("erf", 1): (math.erf, math.erf),
    ("erfc", 1): (math.erfc, math.erfc),
    ("gamma", 1): (gamma.gamma, math.gamma),
}

_ONE: dict[Key, Kernel] = {
    ("min", 2): arithmetic.smaller,
    ("max", 2): arithmetic.larger,
    ("square", 1): arithmetic.square,
    ("cbrt", 1): arithmetic.cube_root,
    ("rsqrt", 1): arithmetic.inverse_root,
    ("powlog", 3): arithmetic.power_log,
    ("sec", 1): trigonometric.secant,
    ("csc", 1): trigonometric.cosecant,
    ("cot", 1): trigonometric.cotangent,
    ("asec", 1): trigonometric.arcsecant,
    ("acsc", 1): trigonometric.arccosecant,
    ("acot", 1): trigonometric.arccotangent,
    ("sinpi", 1): trigonometric.sinpi,
    ("cospi", 1): trigonometric.cospi,
    ("sinc", 1): trigonometric.sinc,
    ("polysinc", 2): polysinc.polysinc,
    ("sech", 1): hyperbolic.sech,
    ("csch", 1): hyperbolic.csch,
    ("coth", 1): hyperbolic.coth,
    ("asech", 1): hyperbolic.arcsech,
    ("acsch", 1): hyperbolic.arccsch,
    ("acoth", 1): hyperbolic.arccoth,
    ("sign", 1): rounding.sign,
    ("step", 1): rounding.step,
    ("relu", 1): rounding.relu,
    ("clamp", 3): rounding.clamp,
    ("floor", 1): rounding.floor,
    ("ceil", 1): rounding.ceil,
    ("round", 1): rounding.round_even,
    ("trunc", 1): rounding.truncate,
    ("where", 3): rounding.where,
    ("sigmoid", 1): logarithmic.sigmoid,
    ("logit", 1): logarithmic.logit,
    ("softplus", 1): logarithmic.softplus,
    ("softmax", 2): logarithmic.softmax,
    ("logaddexp", 2): logarithmic.logaddexp,
    ("xlogy", 2): logarithmic.xlogy,
    ("silu", 1): logarithmic.silu,
    ("silu_slope", 1): logarithmic.silu_slope,
    ("gelu", 1): error.gelu,
    ("gelu_slope", 1): error.gelu_slope,
    ("gauss", 1): exact.gauss,
    ("gauss_erfinv", 1): error.gauss_erfinv,
    ("erfinv", 1): error.erfinv,
    ("lgamma", 1): gamma.lgamma,
    ("digamma", 1): gamma.digamma,
    ("trigamma", 1): gamma.trigamma,
    ("polygamma", 2): gamma.polygamma,
    ("polygamma_diff", 3): gamma.polygamma_diff,
    ("beta", 2): beta.beta,
    ("lbeta", 2): beta.lbeta,
    ("polybeta", 4): polybeta.polybeta,
}

KERNELS: Mapping[Key, Kernel] = MappingProxyType({key: each for key, (each, _) in _BOTH.items()} | _ONE)
FAST: Mapping[Key, Kernel] = MappingProxyType({key: each for key, (_, each) in _BOTH.items()} | _ONE)


class Same(NamedTuple):
    """A kernel that computes what another does, bit for bit.

    Attributes:
        last: where only for this last operand: the number; None for all operands.
        key: the other primitive.
        operands: which operands it takes, by index.
    """

    last: float | None
    key: Key
    operands: tuple[int, ...]


SAME: Mapping[Key, Same] = MappingProxyType({
    ("**", 2): Same(2.0, ("*", 2), (0, 0)),
    ("square", 1): Same(None, ("*", 2), (0, 0)),
})
"""What compilers and exported programs put in the place of a kernel, because it is quicker."""
