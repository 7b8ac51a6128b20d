"""What second and third derivatives of special functions are, in mpmath: the truth that tests measure against.

Law: textbook formulas, as in `tests/references.py`, whose precision holds here too. A derivative is named by the
operands that it is by: `(0, 1)` is by the first and the second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mpmath import mp, mpf

from tests import references as known

Key = tuple[str, int]
By = tuple[int, ...]
pi = mp.pi


def _logistic(a: mpf) -> mpf:
    """The derivative of the sigmoid."""
    return known._sigmoid(a) * known._sigmoid(-a) if abs(a) < 1e4 else mpf(0)


def _bent(a: mpf) -> mpf:
    """The second derivative of silu."""
    return _logistic(a) * (2 - a * mp.tanh(a / 2))


def _bent_more(a: mpf) -> mpf:
    """The third derivative of silu."""
    tanh = mp.tanh(a / 2)
    return -_logistic(a) * (3 * tanh - a * tanh**2 + a / 2 * mp.sech(a / 2) ** 2) if abs(a) < 1e4 else mpf(0)


def _psi(n: int) -> Callable[[mpf], Any]:
    return lambda a: known._psi(n, a)


def _gamma_times(a: mpf, factor: Callable[[mpf, mpf, mpf], mpf]) -> Any:
    return known._gamma(a) * factor(mp.psi(0, a), mp.psi(1, a), mp.psi(2, a)) if abs(a) < 300 else None


def _beta(n: int, m: int) -> Callable[..., Any]:
    return lambda a, b: known.beta_derivative(n, m, a, b)


def _lbeta(n: int, m: int) -> Callable[..., Any]:
    if n and m:
        return lambda a, b: -known._psi_large(n + m - 1, a + b)
    if m:
        return lambda a, b: -known._psi_difference(m - 1, b, a)
    return lambda a, b: -known._psi_difference(n - 1, a, b)


def _curve(second: Callable[..., Any], third: Callable[..., Any]) -> dict[By, Callable[..., Any]]:
    return {(0, 0): second, (0, 0, 0): third}


def _surface(of: Callable[[int, int], Callable[..., Any]]) -> dict[By, Callable[..., Any]]:
    orders = ((0, 0), (0, 1), (1, 0), (1, 1), (0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 1, 1))
    return {by: of(by.count(0), by.count(1)) for by in orders}


def _log_base_twice_by_b(a: mpf, b: mpf) -> mpf:
    below = mp.log(b)
    return mp.log(a) * (below + 2) / (b**2 * below**3)


root = mp.sqrt(pi)
CURVES: dict[Key, dict[By, Callable[..., Any]]] = {
    ("expm1", 1): _curve(known._exp, known._exp),
    ("log1p", 1): _curve(lambda a: -1 / (1 + a) ** 2, lambda a: 2 / (1 + a) ** 3),
    ("softplus", 1): {(0, 0): _logistic},
    ("logit", 1): _curve(
        lambda a: (2 * a - 1) / (a * (1 - a)) ** 2,
        lambda a: 2 * (1 - 3 * a + 3 * a * a) / (a * (1 - a)) ** 3,
    ),
    ("silu", 1): _curve(_bent, _bent_more),
    ("gelu", 1): _curve(
        lambda a: (2 - a * a) * known._density(a), lambda a: a * (a * a - 4) * known._density(a)
    ),
    ("erf", 1): _curve(
        lambda a: -4 / root * a * known._exp(-a * a), lambda a: 4 / root * (2 * a * a - 1) * known._exp(-a * a)
    ),
    ("erfc", 1): _curve(
        lambda a: 4 / root * a * known._exp(-a * a), lambda a: 4 / root * (1 - 2 * a * a) * known._exp(-a * a)
    ),
    ("erfinv", 1): _curve(lambda a: _inverse(a, lambda y: 2 * y, 2), lambda a: _inverse(a, lambda y: 2 + 8 * y * y, 3)),
    ("gamma", 1): _curve(
        lambda a: _gamma_times(a, lambda p, q, r: p * p + q),
        lambda a: _gamma_times(a, lambda p, q, r: p**3 + 3 * p * q + r),
    ),
    ("lgamma", 1): _curve(_psi(1), _psi(2)),
    ("digamma", 1): _curve(_psi(2), _psi(3)),
    ("trigamma", 1): _curve(_psi(3), _psi(4)),
    ("polygamma", 2): {
        (1, 1): lambda n, a: known._psi(int(n) + 2, a), (1, 1, 1): lambda n, a: known._psi(int(n) + 3, a),
    },
    ("log", 2): {
        (0, 0): lambda a, b: -1 / (a**2 * mp.log(b)),
        (0, 1): lambda a, b: -1 / (a * b * mp.log(b) ** 2),
        (1, 0): lambda a, b: -1 / (a * b * mp.log(b) ** 2),
        (1, 1): _log_base_twice_by_b,
    },
    ("xlogy", 2): {
        (0, 0): lambda a, b: mpf(0), (0, 1): lambda a, b: 1 / b, (1, 0): lambda a, b: 1 / b,
        (1, 1): lambda a, b: -a / b**2, (0, 1, 1): lambda a, b: -1 / b**2, (1, 1, 1): lambda a, b: 2 * a / b**3,
    },
    ("logaddexp", 2): {
        by: (lambda a, b: _logistic(a - b)) if by[0] == by[1] else (lambda a, b: -_logistic(a - b))
        for by in ((0, 0), (0, 1), (1, 0), (1, 1))
    },
    ("beta", 2): _surface(_beta),
    ("lbeta", 2): _surface(_lbeta),
}  # fmt: skip


def _inverse(a: mpf, factor: Callable[[mpf], mpf], power: int) -> mpf:
    """A derivative of erfinv: a factor times a power of the first."""
    found = known._erfinv(a)
    return factor(found) * (root / 2 * mp.exp(found * found)) ** power
