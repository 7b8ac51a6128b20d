"""How each primitive is written with the functions that every mathematics library has: one table, a row for each.

Law: a row is the textbook definition of a value, on the functions of a library `m` (50 digits, complex numbers,
formulas). At 50 digits cancellation does not matter, so nothing here is a stable form; and no derivative is here.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

Spelling = Callable[..., Any]


def _softmax(m: Any, a: Any, b: Any) -> Any:
    return 1 / (1 + m.exp(b - a))


def _sigmoid(m: Any, a: Any) -> Any:
    return 1 / (1 + m.exp(-a))


def _normal(m: Any, a: Any) -> Any:
    """The share of a normal distribution below a."""
    return m.erfc(-a / m.sqrt(2)) / 2


def _polybeta(m: Any, n: Any, k: Any, a: Any, b: Any) -> Any:
    """Beta differentiated n times by a and k times by b: Leibniz's rule for beta times its logarithm's derivatives."""
    rows, columns = m.order(n), m.order(k)

    def logarithm(i: int, j: int) -> Any:
        first = m.psi(i - 1, a) if j == 0 else 0
        second = m.psi(j - 1, b) if i == 0 else 0
        return first + second - m.psi(i + j - 1, a + b)

    slopes = {(i, j): logarithm(i, j) for i in range(rows + 1) for j in range(columns + 1) if i or j}
    found = {(0, 0): m.exp(m.lgamma(a) + m.lgamma(b) - m.lgamma(a + b))}
    for i, j in slopes:
        up, right = (1, 0) if i else (0, 1)
        found[i, j] = sum(
            comb(i - up, p) * comb(j - right, q) * found[i - up - p, j - right - q] * slopes[p + up, q + right]
            for p in range(i - up + 1)
            for q in range(j - right + 1)
        )
    return found[rows, columns]


RATIONAL = frozenset(("+", "-", "*"))
SHORT = frozenset(("/", "square", "inv", "abs", "min", "max", "sqrt"))
CLOSED = frozenset(("sin", "cos", "exp", "log"))
"""What formulas keep exact on fractions: always a fraction again; so where that stays short; a name of its own."""

SPELLINGS: dict[tuple[str, int], Spelling] = {
    ("+", 2): lambda m, a, b: a + b,
    ("-", 2): lambda m, a, b: a - b,
    ("*", 2): lambda m, a, b: a * b,
    ("/", 2): lambda m, a, b: a / b,
    ("**", 2): lambda m, a, b: m.power(a, b),
    ("//", 2): lambda m, a, b: m.floor(a / b),
    ("+", 1): lambda m, a: a,
    ("-", 1): lambda m, a: -a,
    ("sin", 1): lambda m, a: m.sin(a),
    ("cos", 1): lambda m, a: m.cos(a),
    ("tan", 1): lambda m, a: m.tan(a),
    ("exp", 1): lambda m, a: m.exp(a),
    ("log", 1): lambda m, a: m.log(a),
    ("sqrt", 1): lambda m, a: m.sqrt(a),
    ("abs", 1): lambda m, a: m.abs(a),
    ("min", 2): lambda m, a, b: m.smaller(a, b),
    ("max", 2): lambda m, a, b: m.larger(a, b),
    ("exp2", 1): lambda m, a: m.exp(a * m.log(2)),
    ("exp10", 1): lambda m, a: m.exp(a * m.log(10)),
    ("expm1", 1): lambda m, a: m.exp(a) - 1,
    ("log2", 1): lambda m, a: m.log(a) / m.log(2),
    ("log10", 1): lambda m, a: m.log(a) / m.log(10),
    ("log1p", 1): lambda m, a: m.log(1 + a),
    ("log", 2): lambda m, a, b: m.log(a) / m.log(b),
    ("square", 1): lambda m, a: a * a,
    ("inv", 1): lambda m, a: 1 / a,
    ("cbrt", 1): lambda m, a: m.cbrt(a),
    ("rsqrt", 1): lambda m, a: 1 / m.sqrt(a),
    ("hypot", 2): lambda m, a, b: m.sqrt(a * a + b * b),
    ("asin", 1): lambda m, a: m.asin(a),
    ("acos", 1): lambda m, a: m.acos(a),
    ("atan", 1): lambda m, a: m.atan(a),
    ("atan2", 2): lambda m, a, b: m.atan2(a, b),
    ("sinh", 1): lambda m, a: m.sinh(a),
    ("cosh", 1): lambda m, a: m.cosh(a),
    ("tanh", 1): lambda m, a: m.tanh(a),
    ("sec", 1): lambda m, a: 1 / m.cos(a),
    ("csc", 1): lambda m, a: 1 / m.sin(a),
    ("cot", 1): lambda m, a: m.cos(a) / m.sin(a),
    ("asec", 1): lambda m, a: m.acos(1 / a),
    ("acsc", 1): lambda m, a: m.asin(1 / a),
    ("acot", 1): lambda m, a: m.acot(a),
    ("sech", 1): lambda m, a: 1 / m.cosh(a),
    ("csch", 1): lambda m, a: 1 / m.sinh(a),
    ("coth", 1): lambda m, a: 1 / m.tanh(a),
    ("asinh", 1): lambda m, a: m.asinh(a),
    ("acosh", 1): lambda m, a: m.acosh(a),
    ("atanh", 1): lambda m, a: m.atanh(a),
    ("asech", 1): lambda m, a: m.acosh(1 / a),
    ("acsch", 1): lambda m, a: m.asinh(1 / a),
    ("acoth", 1): lambda m, a: m.atanh(1 / a),
    ("deg2rad", 1): lambda m, a: a * m.pi / 180,
    ("rad2deg", 1): lambda m, a: a * 180 / m.pi,
    ("sinpi", 1): lambda m, a: m.sin(m.pi * a),
    ("cospi", 1): lambda m, a: m.cos(m.pi * a),
    ("sinc", 1): lambda m, a: m.sinc(0, a),
    ("polysinc", 2): lambda m, n, a: m.sinc(m.order(n), a),
    ("sign", 1): lambda m, a: m.sign(a),
    ("step", 1): lambda m, a: m.choose(m.less(0, a), 1, 0),
    ("relu", 1): lambda m, a: m.choose(m.less(0, a), a, 0),
    ("clamp", 3): lambda m, a, lo, hi: m.smaller(m.larger(a, lo), hi),
    ("floor", 1): lambda m, a: m.floor(a),
    ("ceil", 1): lambda m, a: -m.floor(-a),
    ("round", 1): lambda m, a: m.nearest(a),
    ("trunc", 1): lambda m, a: m.sign(a) * m.floor(m.abs(a)),
    ("mod", 2): lambda m, a, b: a - b * m.floor(a / b),
    ("rem", 2): lambda m, a, b: a - b * (m.sign(a / b) * m.floor(m.abs(a / b))),
    ("copysign", 2): lambda m, a, b: m.abs(a) * m.choose(m.less(b, 0), -1, 1),
    ("where", 3): lambda m, p, a, b: m.choose(p, a, b),
    ("sigmoid", 1): _sigmoid,
    ("logit", 1): lambda m, a: m.log(a / (1 - a)),
    ("softplus", 1): lambda m, a: m.log(1 + m.exp(a)),
    ("softmax", 2): _softmax,
    ("logaddexp", 2): lambda m, a, b: m.log(m.exp(a) + m.exp(b)),
    ("xlogy", 2): lambda m, a, b: a * m.log(b) if a != 0 else 0 * b,
    ("silu", 1): lambda m, a: a * _sigmoid(m, a),
    ("silu_slope", 1): lambda m, a: _sigmoid(m, a) * (1 + a * _sigmoid(m, -a)),
    ("gelu", 1): lambda m, a: a * _normal(m, a),
    ("gelu_slope", 1): lambda m, a: _normal(m, a) + a * m.exp(-a * a / 2) / m.sqrt(2 * m.pi),
    ("gauss", 1): lambda m, a: m.exp(-a * a),
    ("gauss_erfinv", 1): lambda m, a: m.exp(-(m.erfinv(a) ** 2)),
    ("erf", 1): lambda m, a: m.erf(a),
    ("erfc", 1): lambda m, a: m.erfc(a),
    ("erfinv", 1): lambda m, a: m.erfinv(a),
    ("gamma", 1): lambda m, a: m.gamma(a),
    ("lgamma", 1): lambda m, a: m.lgamma(a),
    ("digamma", 1): lambda m, a: m.psi(0, a),
    ("trigamma", 1): lambda m, a: m.psi(1, a),
    ("polygamma", 2): lambda m, n, a: m.psi(m.order(n), a),
    ("polygamma_diff", 3): lambda m, n, a, b: m.psi(m.order(n), a + b) - m.psi(m.order(n), a),
    ("beta", 2): lambda m, a, b: m.exp(m.lgamma(a) + m.lgamma(b) - m.lgamma(a + b)),
    ("lbeta", 2): lambda m, a, b: m.lgamma(a) + m.lgamma(b) - m.lgamma(a + b),
    ("polybeta", 4): _polybeta,
    ("powlog", 3): lambda m, a, b, n: m.power(a, b) * m.log(a) ** m.order(n),
}
