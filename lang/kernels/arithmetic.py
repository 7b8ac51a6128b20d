"""The operators, powers, roots and remainders.

Law: `total` functions give the C library's answer where Python raises; the fast ones are Python's own.

Source: the length of a vector, as Python computes it (R. Hettinger, `vector_norm`); the power of two in a number, Rump,
Ogita and Oishi 2008, "Accurate floating-point summation", SIAM J. Sci. Comput. 31.
"""

from __future__ import annotations

import math
import sys

from lang.kernels import rounding
from lang.kernels.exact import ordered_sum, two_product
from lang.kernels.total import INF, NAN

_UP, _DOWN = 2.0**600, 2.0**-600
_THIRD_UP, _THIRD_DOWN = 2.0**200, 2.0**-200


def divide(a: float, b: float) -> float:
    """a / b; 1/0 is inf, 0/0 is nan."""
    try:
        return a / b
    except ZeroDivisionError:
        return NAN if a == 0.0 or a != a else math.copysign(INF, a) * math.copysign(1.0, b)


def power(a: float, b: float) -> float:
    """a to the power b: a * a for 2, for the rest C's pow (nan for a negative a and a fractional b)."""
    if b == 2.0:
        return a * a
    try:
        return math.pow(a, b)
    except OverflowError:
        return -INF if a < 0.0 and math.fmod(b, 2.0) != 0.0 else INF
    except ValueError:
        if a == 0.0:
            return math.copysign(INF, a) if math.fmod(b, 2.0) in (1.0, -1.0) else INF
        return NAN


def raw_power(a: float, b: float) -> float:
    """The same, where it has a finite value."""
    return a * a if b == 2.0 else math.pow(a, b)


def modulo(a: float, b: float) -> float:
    """Python's %: the remainder of floor division, with the sign of b."""
    try:
        return a % b
    except ZeroDivisionError:
        return NAN


def floor_divide(a: float, b: float) -> float:
    """Python's //, in its order: the floor of the exact quotient."""
    if b == 0.0:
        return NAN if a == 0.0 or a != a else math.copysign(INF, a) * math.copysign(1.0, b)
    if math.isinf(a) or a != a or b != b:
        return NAN
    rest = math.fmod(a, b)
    ratio = (a - rest) / b
    if rest < 0.0 < b or b < 0.0 < rest:
        ratio -= 1.0
    if ratio == 0.0:
        return math.copysign(0.0, a / b)
    whole = rounding.floor(ratio)
    return whole + 1.0 if ratio - whole > 0.5 else whole


def remainder(a: float, b: float) -> float:
    """C's fmod: the remainder of truncated division, with the sign of a."""
    try:
        return math.fmod(a, b)
    except ValueError:
        return NAN


def square(a: float) -> float:
    """a * a."""
    return a * a


def inverse(a: float) -> float:
    """1 / a."""
    return 1.0 / a if a else math.copysign(INF, a)


def raw_inverse(a: float) -> float:
    """1 / a, raising at 0."""
    return 1.0 / a


def root(a: float) -> float:
    """The square root, nan for negative a."""
    return math.sqrt(a) if a >= 0.0 else NAN


def inverse_root(a: float) -> float:
    """1 / sqrt(a)."""
    if a > 0.0:
        return 1.0 / math.sqrt(a)
    return math.copysign(INF, a) if a == 0.0 else NAN


def cube_root(a: float) -> float:
    """The real cube root: the C library's (up to 3.7 ulp off), then a Newton step with an exact residual."""
    guess = math.cbrt(a)
    if guess == 0.0 or not math.isfinite(guess):
        return guess
    if abs(a) > 1e60:
        return _mended_cube_root(a * _DOWN, guess * _THIRD_DOWN) * _THIRD_UP
    if abs(a) < 1e-60:
        return _mended_cube_root(a * _UP, guess * _THIRD_UP) * _THIRD_DOWN
    return _mended_cube_root(a, guess)


def _mended_cube_root(a: float, guess: float) -> float:
    """The cube root after a Newton step, where cubes are exact in pairs of floats."""
    square_high, square_low = two_product(guess, guess)
    cube_high, cube_low = two_product(square_high, guess)
    excess = (cube_high - a) + (cube_low + square_low * guess)
    return guess - excess / (3.0 * square_high)


def hypot(a: float, b: float) -> float:
    """The length of (a, b): what `math.hypot` computes from Python 3.12 on, in its order."""
    if math.isinf(a) or math.isinf(b):
        return INF
    a, b = abs(a), abs(b)
    big = a if a > b else b
    if big > 1e150:
        return _length(a * _DOWN, b * _DOWN, big * _DOWN) * _UP
    if big < 1e-150:
        return _length(a * _UP, b * _UP, big * _UP) * _DOWN if big else a
    return _length(a, b, big) if big else a


def _length(a: float, b: float, big: float) -> float:
    """The length of (a, b) from that of a multiple, whose larger part is in [1/2, 1); big is the larger one.

    Squares and sums are pairs of floats. A root that is off by d has a square that is off by 2 * root * d.
    """
    turn = 4503599627370497.0 * big
    unit = turn - 0.9999999999999999 * turn  # the largest power of two in big
    scale = 0.5 / unit
    a, b = a * scale, b * scale
    a_square, a_lost = two_product(a, a)
    b_square, b_lost = two_product(b, b)
    total, first = ordered_sum(1.0, a_square)
    total, second = ordered_sum(total, b_square)
    squares_lost, sums_lost = a_lost + b_lost, first + second
    root = math.sqrt(total - 1.0 + (squares_lost + sums_lost))
    square, lost = two_product(-root, root)
    rest, third = ordered_sum(total, square)
    excess = rest - 1.0 + ((squares_lost + lost) + (sums_lost + third))
    return (root + excess / (2.0 * root)) * (2.0 * unit)


def _hypot_of_python_311(a: float, b: float) -> float:
    """`math.hypot`, which goes another way below 2**-1024 there."""
    value = math.hypot(a, b)
    return value if value > 1e-300 else hypot(a, b)


raw_hypot = math.hypot if sys.version_info >= (3, 12) else _hypot_of_python_311
"""The same for finite numbers, by Python's own code."""


def larger(a: float, b: float) -> float:
    """max, nan when either is; of two equal ones the first."""
    return a if a >= b or a != a else b


def smaller(a: float, b: float) -> float:
    """min, nan when either is; of two equal ones the first."""
    return a if a <= b or a != a else b


def power_log(a: float, b: float, n: float) -> float:
    """a**b * log(a)**n for a >= 0: a**b differentiated n times by b.

    Where a**b has lost digits, a**(b/2) is multiplied in twice. At a = 0 it is the limit.
    """
    if n == 0.0:
        return power(a, b) if a >= 0.0 else NAN
    if not (0.0 < n < INF and n == rounding.floor(n)):
        return NAN
    if not a > 0.0:
        if a == 0.0 and b > 0.0:
            return 0.0
        return (INF if math.fmod(n, 2.0) == 0.0 else -INF) if a == 0.0 else NAN
    logs = power(math.log(a), n)
    value = power(a, b)
    if 1e-290 < value < 1e290 or logs == 0.0:
        return value * logs
    half = power(a, b / 2.0)
    return (half * logs) * half
