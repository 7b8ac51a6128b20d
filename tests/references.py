"""What each primitive and each of its partial derivatives is, in mpmath: the truth that tests measure
against.

Law: textbook formulas at a precision in which cancellation does not matter (`mp.prec` is set here, and
raised where arguments as far apart as 1e-300 and 1e300 meet). None where the function has no value, or no
derivative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mpmath import mp, mpf

mp.prec = 400
Key = tuple[str, int]
Reference = Callable[..., Any]
pi = mp.pi
ln2, ln10 = mp.log(2), mp.log(10)


def _within(condition: Callable[..., bool], function: Reference) -> Reference:
    return lambda *args: function(*args) if condition(*args) else None


def _zero(*_args: mpf) -> mpf:
    return mpf(0)


def _whole(a: mpf) -> bool:
    return bool(a == mp.floor(a))


def _no_pole(a: mpf) -> bool:
    return a > 0 or not _whole(a)


def _sigmoid(a: mpf) -> mpf:
    return 1 / (1 + mp.exp(-a)) if a >= 0 else mp.exp(a) / (1 + mp.exp(a))


def _pow(a: mpf, b: mpf) -> Any:
    if a == 0:
        return mpf(1) if b == 0 else mpf(0) if b > 0 else None
    if a < 0 and not _whole(b):
        return None
    if a > 0:
        return _exp(b * mp.log(a))
    return _exp(b * mp.log(-a)) * (1 if mp.fmod(b, 2) == 0 else -1)


def _exp(a: mpf) -> mpf:
    return mp.exp(a) if abs(a) < 100000 else mpf(0) if a < 0 else mp.inf


def _pow_by_a(a: mpf, b: mpf) -> Any:
    if b == 0:
        return mpf(0)
    if a == 0:
        return None if b < 1 else mpf(1) if b == 1 else mpf(0)
    value = _pow(a, b)
    return None if value is None else b * value / a


def _pow_log(a: mpf, b: mpf, n: mpf) -> Any:
    if a == 0:
        return mpf(0) if b > 0 else None
    return _exp(b * mp.log(a)) * mp.log(a) ** int(n) if a > 0 else None


def _pow_log_by_a(a: mpf, b: mpf, n: mpf) -> Any:
    if a <= 0:
        return None
    logs = mp.log(a)
    extra = 0 if n == 0 else n * logs ** (int(n) - 1)
    return _exp(b * logs) / a * (b * logs ** int(n) + extra)


def _sinc_derivative(n: int, a: mpf) -> Any:
    if abs(a) < 1e-3 * (n + 1):
        start = (n + 1) // 2
        terms = ((-1) ** m * pi ** (2 * m) / mp.factorial(2 * m + 1) * mp.ff(2 * m, n) * a ** (2 * m - n)
                 for m in range(start, start + 60))  # fmt: skip
        return mp.fsum(terms)
    value, power = mp.sinpi(a) / (pi * a), mpf(1)
    for k in range(1, n + 1):
        turn = (mp.cospi(a), -mp.sinpi(a), -mp.cospi(a), mp.sinpi(a))[(k - 1) % 4]
        value = (power * turn - k * value) / a
        power *= pi
    return value


def _softplus(a: mpf) -> mpf:
    return mp.log1p(_exp(a)) if a < 0 else a + mp.log1p(_exp(-a))


def _logaddexp(a: mpf, b: mpf) -> mpf:
    return max(a, b) + mp.log1p(_exp(-abs(a - b)))


def _cdf(a: mpf) -> mpf:
    return mpf(0) if a < -2000 else mp.erfc(-a / mp.sqrt(2)) / 2 if a < 2000 else mpf(1)


def _density(a: mpf) -> mpf:
    return _exp(-a * a / 2) / mp.sqrt(2 * pi)


def _erfc(a: mpf) -> mpf:
    return mp.erfc(a) if abs(a) < 100 else mpf(0) if a > 0 else mpf(2)


def _erf(a: mpf) -> mpf:
    return mp.erf(a) if abs(a) < 100 else mp.sign(a)


def _erfinv(a: mpf) -> mpf:
    with mp.workprec(560):
        x = a * mp.sqrt(pi) / 2 if abs(a) < 0.5 else mp.sign(a) * mp.sqrt(-mp.log(1 - abs(a)))
        for _ in range(60):
            excess = mp.erf(x) - a if abs(a) < 0.5 else mp.sign(a) * ((1 - abs(a)) - mp.erfc(abs(x)))
            newton = excess * mp.sqrt(pi) / 2 * mp.exp(x * x)
            move = newton / (1 + x * newton)
            x -= move
            if abs(move) < abs(x) * mpf(2) ** -190:
                break
        return +x


def _gamma(a: mpf) -> Any:
    return mp.inf if a > 180 else mpf(0) if a < -200 else mp.gamma(a)


def _loggamma(a: mpf) -> mpf:
    if a > 0:
        return mp.loggamma(a)
    return mp.log(pi / abs(mp.sinpi(a))) - mp.loggamma(1 - a)


def _psi(n: int, a: mpf) -> Any:
    if a > 0:
        return _psi_large(n, a)
    if a > -300:
        return mp.psi(n, a)
    return (-1) ** n * _psi_large(n, 1 - a) - _cot_derivative(n, mp.frac(a))


def _cot_derivative(n: int, x: mpf) -> mpf:
    """The nth derivative of pi * cot(pi * x)."""
    coefficients = [mpf(0), mpf(1)]
    for _ in range(n):
        slopes = [k * each for k, each in enumerate(coefficients)][1:]
        coefficients = [mpf(0)] * (len(slopes) + 2)
        for k, each in enumerate(slopes):
            coefficients[k] -= each
            coefficients[k + 2] -= each
    cot = mp.cospi(x) / mp.sinpi(x)
    return pi ** (n + 1) * mp.fsum(each * cot**k for k, each in enumerate(coefficients))


def _psi_difference(n: int, a: mpf, b: mpf) -> Any:
    """psi(n, a + b) - psi(n, a)."""
    with mp.workprec(3600 if min(a, abs(b)) < 1e-20 or max(a, abs(b)) > 1e20 else 700):
        if a > 1e25 and abs(b) < a:
            if n == 0:
                return mp.log1p(b / a) + b / (2 * a * (a + b)) + (a**-2 - (a + b) ** -2) / 12
            ends = [each**-n * mp.factorial(n - 1) + mp.factorial(n) / 2 * each ** -(n + 1)
                    + mp.factorial(n + 1) / 12 * each ** -(n + 2) for each in (a + b, a)]  # fmt: skip
            return (-1) ** (n + 1) * (ends[0] - ends[1])
        return _psi_large(n, a + b) - _psi_large(n, a)


def _psi_large(n: int, a: mpf) -> mpf:
    if a < 1e60:
        return mp.psi(n, a)
    terms = 40
    tail = mp.fsum(mp.bernoulli(2 * k) * mp.factorial(2 * k + n - 1) / mp.factorial(2 * k) * a ** (-2 * k - n)
                   for k in range(1, terms))  # fmt: skip
    if n == 0:
        return (
            mp.log(a)
            - 1 / (2 * a)
            - mp.fsum(mp.bernoulli(2 * k) / (2 * k) * a ** (-2 * k) for k in range(1, terms))
        )
    return (-1) ** (n + 1) * (mp.factorial(n - 1) * a**-n + mp.factorial(n) / 2 * a ** -(n + 1) + tail)


def _lbeta(a: mpf, b: mpf) -> mpf:
    with mp.workprec(500 if max(a, b) < 1e15 else 2800):
        return _loggamma_large(a) + _loggamma_large(b) - _loggamma_large(a + b)


def _loggamma_large(a: mpf) -> mpf:
    if a < 1e60:
        return mp.loggamma(a)
    tail = mp.fsum(mp.bernoulli(2 * k) / (2 * k * (2 * k - 1)) * a ** (1 - 2 * k) for k in range(1, 40))
    return (a - 0.5) * mp.log(a) - a + mp.log(2 * pi) / 2 + tail


def beta_derivative(n: int, m: int, a: mpf, b: mpf) -> mpf:
    """Leibniz's rule for beta times the derivatives of its logarithm, with digits for all that cancels."""
    if _lbeta(a, b) < -3000:
        return mpf(0)
    spread = mp.log(max(a, b, 1), 2) - mp.log(min(a, b, 1), 2)
    with mp.workprec(400 + int((n + m + 2 if n and m else 2) * spread)):
        value = _loggamma_large(a) + _loggamma_large(b) - _loggamma_large(a + b)

        def slope(i: int, j: int) -> mpf:
            first, second = (0 if j else _psi_large(i - 1, a)), (0 if i else _psi_large(j - 1, b))
            return first + second - _psi_large(i + j - 1, a + b)

        slopes = {(i, j): slope(i, j) for i in range(n + 1) for j in range(m + 1) if i + j}
        found = {(0, 0): mp.exp(value)}
        for i, j in slopes:
            by_a, by_b = (1, 0) if i else (0, 1)
            found[i, j] = mp.fsum(
                mp.binomial(i - by_a, p) * mp.binomial(j - by_b, q) * slopes[p + by_a, q + by_b]
                * found[i - by_a - p, j - by_b - q]
                for p in range(i - by_a + 1) for q in range(j - by_b + 1)
            )  # fmt: skip
        return +found[n, m]


def _on(condition: Callable[..., bool], *functions: Reference | None) -> tuple[Reference | None, ...]:
    return tuple(None if each is None else _within(condition, each) for each in functions)


def _positive(a: mpf) -> bool:
    return bool(a > 0)


def _inside(a: mpf) -> bool:
    return bool(abs(a) < 1)


def _outside(a: mpf) -> bool:
    return bool(abs(a) > 1)


def _nonzero(a: mpf) -> bool:
    return bool(a != 0)


def _plus(a: mpf, b: mpf) -> bool:
    return bool(a > 0 and b > 0)


def _second(a: mpf, b: mpf) -> bool:
    return bool(b != 0)


def _one(*args: mpf) -> mpf:
    return mpf(1)


def _table() -> dict[Key, tuple[Reference | None, ...]]:
    """(name, arity) -> value, then the partial by each operand."""
    table: dict[Key, tuple[Reference | None, ...]] = {
        ("+", 2): (lambda a, b: a + b, _one, _one),
        ("-", 2): (lambda a, b: a - b, _one, lambda a, b: mpf(-1)),
        ("*", 2): (lambda a, b: a * b, lambda a, b: b, lambda a, b: a),
        ("/", 2): _on(_second, lambda a, b: a / b, lambda a, b: 1 / b, lambda a, b: -a / b**2),
        ("**", 2): (_pow, _pow_by_a, lambda a, b: _pow_log(a, b, 1)),
        ("+", 1): (lambda a: a, _one),
        ("-", 1): (lambda a: -a, lambda a: mpf(-1)),
        ("sin", 1): (mp.sin, mp.cos),
        ("cos", 1): (mp.cos, lambda a: -mp.sin(a)),
        ("tan", 1): (mp.tan, lambda a: mp.sec(a) ** 2),
        ("exp", 1): (_exp, _exp),
        ("log", 1): _on(_positive, mp.log, lambda a: 1 / a),
        ("sqrt", 1): _on(_positive, mp.sqrt, lambda a: 1 / (2 * mp.sqrt(a))),
        ("abs", 1): (abs, mp.sign),
        ("min", 2): (min, lambda a, b: (mp.sign(b - a) + 1) / 2, lambda a, b: (mp.sign(a - b) + 1) / 2),
        ("max", 2): (max, lambda a, b: (mp.sign(a - b) + 1) / 2, lambda a, b: (mp.sign(b - a) + 1) / 2),
        ("exp2", 1): (lambda a: _exp(a * ln2), lambda a: _exp(a * ln2) * ln2),
        ("exp10", 1): (lambda a: _exp(a * ln10), lambda a: _exp(a * ln10) * ln10),
        ("expm1", 1): (lambda a: mp.expm1(a) if abs(a) < 1e4 else _exp(a) - 1, _exp),
        ("log2", 1): _on(_positive, lambda a: mp.log(a) / ln2, lambda a: 1 / (a * ln2)),
        ("log10", 1): _on(_positive, lambda a: mp.log(a) / ln10, lambda a: 1 / (a * ln10)),
        ("log1p", 1): _on(lambda a: a > -1, mp.log1p, lambda a: 1 / (1 + a)),
        ("log", 2): _on(
            lambda a, b: a > 0 and b > 0 and b != 1,
            lambda a, b: mp.log(a) / mp.log(b),
            lambda a, b: 1 / (a * mp.log(b)),
            lambda a, b: -mp.log(a) / (b * mp.log(b) ** 2),
        ),
        ("square", 1): (lambda a: a * a, lambda a: 2 * a),
        ("inv", 1): _on(_nonzero, lambda a: 1 / a, lambda a: -1 / a**2),
        ("cbrt", 1): _on(
            _nonzero, lambda a: mp.sign(a) * mp.cbrt(abs(a)), lambda a: 1 / (3 * mp.cbrt(abs(a)) ** 2)
        ),
        ("hypot", 2): (
            lambda a, b: mp.sqrt(a * a + b * b),
            lambda a, b: a / mp.sqrt(a * a + b * b) if a or b else mpf(0),
            lambda a, b: b / mp.sqrt(a * a + b * b) if a or b else mpf(0),
        ),
        ("asin", 1): _on(_inside, mp.asin, lambda a: 1 / mp.sqrt(1 - a * a)),
        ("acos", 1): _on(_inside, mp.acos, lambda a: -1 / mp.sqrt(1 - a * a)),
        ("atan", 1): (mp.atan, lambda a: 1 / (1 + a * a)),
        ("atan2", 2): _on(
            lambda a, b: a != 0 or b != 0,
            mp.atan2,
            lambda a, b: b / (a * a + b * b),
            lambda a, b: -a / (a * a + b * b),
        ),
        ("sinh", 1): (
            lambda a: mp.sinh(a) if abs(a) < 1e4 else mp.sign(a) * mp.inf,
            lambda a: mp.cosh(a) if abs(a) < 1e4 else mp.inf,
        ),
        ("cosh", 1): (
            lambda a: mp.cosh(a) if abs(a) < 1e4 else mp.inf,
            lambda a: mp.sinh(a) if abs(a) < 1e4 else mp.inf,
        ),
        ("tanh", 1): (mp.tanh, lambda a: mp.sech(a) ** 2 if abs(a) < 1e4 else mpf(0)),
        ("rsqrt", 1): _on(_positive, lambda a: 1 / mp.sqrt(a), lambda a: -1 / (2 * a * mp.sqrt(a))),
        ("sec", 1): (mp.sec, lambda a: mp.sec(a) * mp.tan(a)),
        ("csc", 1): _on(_nonzero, mp.csc, lambda a: -mp.csc(a) * mp.cot(a)),
        ("cot", 1): _on(_nonzero, mp.cot, lambda a: -(mp.csc(a) ** 2)),
        ("asec", 1): _on(_outside, lambda a: mp.acos(1 / a), lambda a: 1 / (abs(a) * mp.sqrt(a * a - 1))),
        ("acsc", 1): _on(_outside, lambda a: mp.asin(1 / a), lambda a: -1 / (abs(a) * mp.sqrt(a * a - 1))),
        ("acot", 1): (lambda a: mp.atan(1 / a) if a else pi / 2, lambda a: -1 / (1 + a * a)),
        ("sech", 1): _on(lambda a: abs(a) < 1e4, mp.sech, lambda a: -mp.sech(a) * mp.tanh(a)),
        ("csch", 1): _on(lambda a: 0 < abs(a) < 1e4, mp.csch, lambda a: -mp.csch(a) * mp.coth(a)),
        ("coth", 1): _on(_nonzero, mp.coth, lambda a: -(mp.csch(a) ** 2) if abs(a) < 1e4 else mpf(0)),
        ("asinh", 1): (mp.asinh, lambda a: 1 / mp.sqrt(1 + a * a)),
        ("acosh", 1): _on(lambda a: a > 1, mp.acosh, lambda a: 1 / mp.sqrt(a * a - 1)),
        ("atanh", 1): _on(_inside, mp.atanh, lambda a: 1 / (1 - a * a)),
        ("asech", 1): _on(
            lambda a: 0 < a < 1, lambda a: mp.acosh(1 / a), lambda a: -1 / (a * mp.sqrt(1 - a * a))
        ),
        ("acsch", 1): _on(_nonzero, lambda a: mp.asinh(1 / a), lambda a: -1 / (abs(a) * mp.sqrt(1 + a * a))),
        ("acoth", 1): _on(_outside, lambda a: mp.atanh(1 / a), lambda a: 1 / (1 - a * a)),
        ("deg2rad", 1): (lambda a: a * pi / 180, lambda a: pi / 180),
        ("rad2deg", 1): (lambda a: a * 180 / pi, lambda a: 180 / pi),
        ("sinc", 1): (lambda a: _sinc_derivative(0, a), lambda a: _sinc_derivative(1, a)),
        ("sign", 1): (mp.sign, _zero),
        ("step", 1): (lambda a: mpf(a > 0), _zero),
        ("relu", 1): (lambda a: max(a, mpf(0)), lambda a: mpf(a > 0)),
        ("clamp", 3): _on(
            lambda a, lo, hi: lo < hi and a not in (lo, hi),
            lambda a, lo, hi: min(max(a, lo), hi),
            lambda a, lo, hi: mpf(lo < a < hi),
            lambda a, lo, hi: mpf(a < lo),
            lambda a, lo, hi: mpf(a > hi),
        ),
        ("floor", 1): (mp.floor, _zero),
        ("ceil", 1): (mp.ceil, _zero),
        ("round", 1): (mp.nint, _zero),
        ("trunc", 1): (lambda a: mp.sign(a) * mp.floor(abs(a)), _zero),
        ("mod", 2): _on(_second, lambda a, b: _mod(a, b), _one, lambda a, b: -_floor_quotient(a, b)),
        ("rem", 2): _on(
            _second,
            lambda a, b: mp.sign(a) * _mod(abs(a), abs(b)),
            _one,
            lambda a, b: -mp.sign(a) * mp.sign(b) * _floor_quotient(abs(a), abs(b)),
        ),
        ("//", 2): _on(_second, lambda a, b: _floor_quotient(a, b), _zero, _zero),
        ("copysign", 2): _on(
            lambda a, b: a != 0 and b != 0,
            lambda a, b: abs(a) * mp.sign(b),
            lambda a, b: mp.sign(a) * mp.sign(b),
            _zero,
        ),
        ("where", 3): (
            lambda p, a, b: a if p else b,
            None,
            lambda p, a, b: mpf(p),
            lambda p, a, b: mpf(not p),
        ),
        ("sinpi", 1): (mp.sinpi, lambda a: pi * mp.cospi(a)),
        ("cospi", 1): (mp.cospi, lambda a: -pi * mp.sinpi(a)),
        ("sigmoid", 1): _on(lambda a: abs(a) < 1e4, _sigmoid, lambda a: _sigmoid(a) * _sigmoid(-a)),
        ("logit", 1): _on(lambda a: 0 < a < 1, lambda a: mp.log(a / (1 - a)), lambda a: 1 / (a * (1 - a))),
        ("softplus", 1): (_softplus, lambda a: _sigmoid(a) if abs(a) < 1e4 else mpf(a > 0)),
        ("logaddexp", 2): (_logaddexp, lambda a, b: _weight(a, b), lambda a, b: _weight(b, a)),
        ("xlogy", 2): _on(
            lambda a, b: b > 0, lambda a, b: a * mp.log(b), lambda a, b: mp.log(b), lambda a, b: a / b
        ),
        ("silu", 1): _on(
            lambda a: abs(a) < 1e4, lambda a: a * _sigmoid(a), lambda a: _sigmoid(a) * (1 + a * _sigmoid(-a))
        ),
        ("gelu", 1): (lambda a: a * _cdf(a), lambda a: _cdf(a) + a * _density(a)),
        ("erf", 1): (_erf, lambda a: 2 / mp.sqrt(pi) * _exp(-a * a)),
        ("erfc", 1): (_erfc, lambda a: -2 / mp.sqrt(pi) * _exp(-a * a)),
        ("erfinv", 1): _on(_inside, _erfinv, lambda a: mp.sqrt(pi) / 2 * mp.exp(_erfinv(a) ** 2)),
        ("gamma", 1): _on(_no_pole, _gamma, lambda a: _gamma(a) * mp.psi(0, a) if abs(a) < 300 else None),
        ("lgamma", 1): _on(_no_pole, _loggamma, lambda a: _psi(0, a)),
        ("digamma", 1): _on(_no_pole, lambda a: _psi(0, a), lambda a: _psi(1, a)),
        ("trigamma", 1): _on(_no_pole, lambda a: _psi(1, a), lambda a: _psi(2, a)),
        ("polygamma", 2): _on(
            lambda n, a: _no_pole(a), lambda n, a: _psi(int(n), a), None, lambda n, a: _psi(int(n) + 1, a)
        ),
        ("beta", 2): _on(
            _plus,
            lambda a, b: _exp(_lbeta(a, b)),
            lambda a, b: -_exp(_lbeta(a, b)) * _psi_difference(0, a, b),
            lambda a, b: -_exp(_lbeta(a, b)) * _psi_difference(0, b, a),
        ),
        ("lbeta", 2): _on(
            _plus, _lbeta, lambda a, b: -_psi_difference(0, a, b), lambda a, b: -_psi_difference(0, b, a)
        ),
        ("polybeta", 4): _on(
            lambda n, m, a, b: a > 0 and b > 0,
            lambda n, m, a, b: beta_derivative(int(n), int(m), a, b),
            None,
            None,
            lambda n, m, a, b: beta_derivative(int(n) + 1, int(m), a, b),
            lambda n, m, a, b: beta_derivative(int(n), int(m) + 1, a, b),
        ),
        ("powlog", 3): (_pow_log, _pow_log_by_a, lambda a, b, n: _pow_log(a, b, n + 1), None),
        ("polysinc", 2): (
            lambda n, a: _sinc_derivative(int(n), a),
            None,
            lambda n, a: _sinc_derivative(int(n) + 1, a),
        ),
        ("softmax", 2): (
            lambda a, b: _weight(a, b),
            lambda a, b: _weight(a, b) * _weight(b, a),
            lambda a, b: -_weight(a, b) * _weight(b, a),
        ),
        ("silu_slope", 1): _on(
            lambda a: abs(a) < 1e4,
            lambda a: _sigmoid(a) * (1 + a * _sigmoid(-a)),
            lambda a: _sigmoid(a) * _sigmoid(-a) * (2 - a * mp.tanh(a / 2)),
        ),
        ("gelu_slope", 1): (lambda a: _cdf(a) + a * _density(a), lambda a: (2 - a * a) * _density(a)),
        ("gauss", 1): (lambda a: _exp(-a * a), lambda a: -2 * a * _exp(-a * a)),
        ("gauss_erfinv", 1): _on(
            _inside, lambda a: mp.exp(-(_erfinv(a) ** 2)), lambda a: -mp.sqrt(pi) * _erfinv(a)
        ),
        ("polygamma_diff", 3): _on(
            lambda n, a, b: a > 0 and a + b > 0 and b != 0,
            lambda n, a, b: _psi_difference(int(n), a, b),
            None,
            lambda n, a, b: _psi_difference(int(n) + 1, a, b),
            lambda n, a, b: _psi_large(int(n) + 1, a + b),
        ),
    }
    return table


def _weight(a: mpf, b: mpf) -> mpf:
    return _sigmoid(a - b) if abs(a - b) < 1e4 else mpf(a > b)


def _floor_quotient(a: mpf, b: mpf) -> mpf:
    with mp.workprec(2300):
        return mp.floor(a / b)


def _mod(a: mpf, b: mpf) -> mpf:
    with mp.workprec(4400):
        return +(a - b * mp.floor(a / b))


_TABLE = _table()
VALUES: dict[Key, Reference] = {key: row[0] for key, row in _TABLE.items() if row[0] is not None}
PARTIALS: dict[Key, tuple[Reference | None, ...]] = {key: row[1:] for key, row in _TABLE.items()}
