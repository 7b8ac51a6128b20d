"""Points where a textbook rule fails, and where conventions differ -> what the derivative is there.

Law: what is right comes from mathematics, by mpmath, or from what the reference documents (kinks, vertical tangents,
0 times infinity); never from the code under test. Every text is an expression of this language and of Python, so each
library can be asked the same (`tests/bench/peers_accuracy.py --awkward`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from mpmath import mp, mpf

from tests import references  # sets the precision

INF, NAN = math.inf, math.nan
NEXT_TO_1 = math.nextafter(1.0, 0.0)
pi = mp.pi


@dataclass(frozen=True)
class Awkward:
    """An expression of x, a point, the derivative there, and the kinds of notes that must say so.

    Attributes:
        notes: the kinds of notes; none where the derivative simply exists.
        ieee: does the value, or one on the way, only exist where infinities may flow?
    """

    text: str
    at: float
    right: Any
    notes: tuple[str, ...] = ()
    ieee: bool = False

    @property
    def title(self) -> str:
        """What is shown of it."""
        return f"`{self.text}` at {self.at:.17g}".replace("0.99999999999999989", "the last number below 1")


def _at(function: Any, at: float) -> mpf:
    return function(mpf(at))


def _gauss(a: Any) -> mpf:
    return mp.exp(-(mpf(a) ** 2))


def _density(a: Any) -> mpf:
    return mp.exp(-(mpf(a) ** 2) / 2) / mp.sqrt(2 * pi)


def _sigmoid_slope(a: Any) -> mpf:
    return 1 / (2 + mp.exp(mpf(a)) + mp.exp(-mpf(a)))


KINK, TANGENT, NOT_FINITE, CONDITION = ("kink",), ("vertical tangent",), ("not finite",), ("condition",)
POINTS = (
    # powers
    Awkward("x ** 0.0", 0.0, 0),
    Awkward("x ** 1.0", 0.0, 1),
    Awkward("x ** 2.0", 0.0, 0),
    Awkward("x ** 3.0", -2.0, 12),
    Awkward("x ** 2.5", 0.0, 0),
    Awkward("x ** 0.5", 0.0, INF, TANGENT),
    Awkward("x ** 0.3", 1e-300, mpf(0.3) * mpf(1e-300) ** (mpf(0.3) - 1)),
    Awkward("0.0 ** x", 2.0, 0),
    Awkward("x ** x", 0.0, -INF, NOT_FINITE),
    Awkward("x ** x", 1.0, 1),
    Awkward("(x ** 3.0) ** (1 / 3)", 0.0, NAN, TANGENT + NOT_FINITE),
    # roots and norms
    Awkward("sqrt(x)", 0.0, INF, TANGENT),
    Awkward("sqrt(x) ** 2.0", 0.0, NAN, TANGENT + NOT_FINITE),
    Awkward("sqrt(x * x)", 0.0, NAN, TANGENT + NOT_FINITE),
    Awkward("cbrt(x)", 0.0, INF, TANGENT),
    Awkward("cbrt(x)", -8.0, mpf(1) / 12),
    Awkward("rsqrt(x)", 1e-200, -(mpf(1e-200) ** mpf(-1.5)) / 2),
    Awkward("hypot(x, x)", 0.0, 0, KINK),
    Awkward("hypot(x, 0.0)", 0.0, 0, KINK),
    Awkward("hypot(x, 4e200)", 3e200, mpf(3e200) / mp.hypot(mpf(3e200), mpf(4e200))),
    Awkward("hypot(x, 4e-200)", 3e-200, mpf(3e-200) / mp.hypot(mpf(3e-200), mpf(4e-200))),
    # quotients
    Awkward("x / x", 1e-200, 0),
    Awkward("3.0 / x", 1e200, -3 / mpf(1e200) ** 2 if mpf(1e200) ** -2 > mpf(2) ** -1074 else 0),
    Awkward("1e200 / x", 1e200, -1 / mpf(1e200)),
    Awkward("x / (1 + x)", 1e160, 0),
    # kinks
    Awkward("abs(x)", 0.0, 0, KINK),
    Awkward("relu(x)", 0.0, 0, KINK),
    Awkward("max(x, -x)", 0.0, 0, KINK),
    Awkward("max(x, 0.0)", 0.0, mpf("0.5"), KINK),
    Awkward("max(x, x)", 3.0, 1),
    Awkward("clip(x, 0.0, 1.0)", 1.0, mpf("0.5"), KINK),
    Awkward("sign(x)", 0.0, 0, KINK),
    Awkward("floor(x)", 1.0, 0, KINK),
    Awkward("mod(x, 3.0)", -7.0, 1),
    Awkward("mod(7.0, x)", 3.0, -2),
    Awkward("mod(x, 3.0)", 6.0, 1, KINK),
    Awkward("rem(x, 3.0)", -7.0, 1),
    # choices
    Awkward("where(x > 0, log(x), 0.0)", 0.0, 0, CONDITION + NOT_FINITE, ieee=True),
    Awkward("where(x > 0, sqrt(x), 0.0)", 0.0, 0, CONDITION + TANGENT),
    Awkward("where(x > 0, x ** 0.5, 0.0)", -1.0, 0, NOT_FINITE, ieee=True),
    Awkward("where(x < 1, x, exp(x * x))", 0.5, 1),
    Awkward("log(x) if x > 0 else 0.0 * x", 0.0, 0, CONDITION),
    # what saturates
    Awkward("tanh(x)", 20.0, mp.sech(20) ** 2),
    Awkward("tanh(x)", 340.0, mp.sech(340) ** 2),
    Awkward("tanh(x)", 400.0, 0),
    Awkward("sigmoid(x)", 40.0, _sigmoid_slope(40)),
    Awkward("sigmoid(x)", 700.0, _sigmoid_slope(700)),
    Awkward("sigmoid(x)", -1000.0, 0),
    Awkward("softplus(x)", -40.0, 1 / (1 + mp.exp(40))),
    Awkward("softplus(x)", 1000.0, 1),
    Awkward("softplus(x)", -1000.0, 0),
    Awkward("silu(x)", -700.0, 1 / (1 + mp.exp(700)) - 700 * _sigmoid_slope(700)),
    Awkward("gelu(x)", -20.0, mp.erfc(20 / mp.sqrt(2)) / 2 - 20 * _density(20)),
    Awkward("logaddexp(x, -800.0)", 800.0, 1),
    Awkward("logaddexp(x, x)", 1000.0, 1),
    Awkward("logaddexp(x, log(0.0))", 1.0, 1, ieee=True),
    Awkward("logaddexp(x, 40.0)", 0.0, 1 / (1 + mp.exp(40))),
    # logarithms and exponentials
    Awkward("expm1(x)", -40.0, mp.exp(-40)),
    Awkward("log1p(x)", 1e300, 1 / (1 + mpf(1e300))),
    Awkward("log1p(x)", -NEXT_TO_1, 1 / (1 - mpf(NEXT_TO_1))),
    Awkward("logit(x)", NEXT_TO_1, 1 / (mpf(NEXT_TO_1) * (1 - mpf(NEXT_TO_1)))),
    Awkward("xlogy(x, 2.0)", 0.0, mp.log(2)),
    Awkward("xlogy(0.0, x)", 0.0, 0),
    # angles and areas
    Awkward("atan2(x, -1.0)", 0.0, -1),
    Awkward("atan2(1.0, x)", 0.0, -1),
    Awkward("atan2(x, x)", 1e200, 0),
    Awkward("atan2(x, 1e-200)", 1e-200, 1 / (2 * mpf(1e-200))),
    Awkward("atan2(x, 3e160)", 3e160, 1 / (2 * mpf(3e160))),
    Awkward("acos(x)", NEXT_TO_1, -1 / mp.sqrt(1 - mpf(NEXT_TO_1) ** 2)),
    Awkward("asin(x)", 1.0, INF, TANGENT),
    Awkward("atan(x)", 1e200, 0),
    Awkward("atanh(x)", NEXT_TO_1, 1 / (1 - mpf(NEXT_TO_1) ** 2)),
    Awkward("asinh(x)", 1e200, 1 / mpf(1e200)),
    Awkward("acosh(x)", 1e200, 1 / mpf(1e200)),
    Awkward("acosh(x)", 1.0000000000000002, 1 / mp.sqrt(mpf(1.0000000000000002) ** 2 - 1)),
    Awkward("tan(x)", math.pi / 2, _at(mp.sec, math.pi / 2) ** 2),
    Awkward("sinc(x)", 0.0, 0),
    Awkward("sinc(x)", 1e-6, references.PARTIALS["sinc", 1][0](mpf(1e-6))),
    # error and gamma functions
    Awkward("erf(x)", 6.0, 2 / mp.sqrt(pi) * _gauss(6)),
    Awkward("erfc(x)", 26.0, -2 / mp.sqrt(pi) * _gauss(26)),
    Awkward("erfinv(x)", NEXT_TO_1, references.PARTIALS["erfinv", 1][0](mpf(NEXT_TO_1))),
    Awkward("lgamma(x)", -2.5, mp.psi(0, mpf(-2.5))),
    Awkward("lgamma(x)", 1e-300, mp.psi(0, mpf(1e-300))),
    Awkward("lgamma(x)", -1e-10, mp.psi(0, mpf(-1e-10))),
    Awkward("gamma(x)", -1.5, mp.gamma(mpf(-1.5)) * mp.psi(0, mpf(-1.5))),
    Awkward("digamma(x)", -0.5, mp.psi(1, mpf(-0.5))),
    Awkward("beta(x, 2.0)", 1e-5, mp.beta(mpf(1e-5), 2) * (mp.psi(0, mpf(1e-5)) - mp.psi(0, mpf(1e-5) + 2))),
)
