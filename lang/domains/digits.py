"""The functions of the table on mpmath's numbers, real or complex, at any number of digits.

Law: a library is a context of its own, so precision is nobody else's. A real function of real numbers is real or nan;
nothing raises. On complex numbers, what is no analytic function refuses with a reason.

Source: mpmath's documentation of its contexts; Squire and Trapp, "Using complex variables to estimate derivatives of
real functions", SIAM Review 40 (1998), for what complex numbers may do here.
"""

from __future__ import annotations

from typing import Any

from lang.domains.optional import library
from lang.domains.spellings import SPELLINGS, Spelling
from lang.rules import Primitive

HUGE = 40
"""exp of more than 10**HUGE is not computed: its logarithm alone would be a page of digits."""

FAR = 100_000
"""Bits before the point of what functions are taken: the sine of more would need as many digits of pi."""

WIDE = 800
"""Bits for functions of complex numbers: an imaginary part of 1e-200 beside a real part of 1 must keep its digits."""


def _near(number: Any) -> bool:
    """Is a real number at most 2**FAR? mpmath keeps a sign, an integer, an exponent and its size in bits."""
    _, whole, exponent, size = number._mpf_
    return not whole or exponent + size <= FAR


class NotAnalytic(Exception):
    """A function that has no derivative in the complex sense."""


class Digits:
    """mpmath's functions under the names that the table uses.

    Args:
        bits: the precision.
    """

    def __init__(self, bits: int) -> None:
        self.context: Any = library("mpmath.ctx_mp").MPContext()
        self.context.prec = bits
        self.pi = +self.context.pi
        self.e = +self.context.e
        self.nan = self.context.nan

    def number(self, value: float) -> Any:
        """A double, exactly."""
        return self.context.mpf(value)

    def value(self, primitive: Primitive, arguments: tuple[Any, ...]) -> Any:
        """A primitive's value; nan where real numbers have none.

        Raises:
            NotAnalytic: it cannot be taken on complex numbers.
        """
        spelled = SPELLINGS.get((primitive.name, primitive.arity))
        if spelled is None:
            raise NotAnalytic(f"`{primitive.name}` is not written for other numbers than floats")
        real = self.context.mpf
        if not all(type(each) is real and _near(each) for each in arguments):
            return self._value(spelled, arguments)
        try:
            found = spelled(self, *arguments)
        except (ArithmeticError, ValueError, self.context.NoConvergence):
            return self.nan
        return found if type(found) is real else self._real_part(found)

    def _value(self, spelled: Spelling, arguments: tuple[Any, ...]) -> Any:
        """Of numbers that are large, complex or no numbers."""
        moving = any(isinstance(each, self.context.mpc) for each in arguments)
        if any(self.context.isfinite(each) and self.context.mag(each) > FAR for each in arguments):
            return self.nan
        try:
            if moving:
                with self.context.workprec(WIDE):
                    found = spelled(self, *arguments)
                return +found
            found = spelled(self, *arguments)
        except (ArithmeticError, ValueError, self.context.NoConvergence):
            return self.nan
        return found if moving and isinstance(found, self.context.mpc) else self._real_part(found)

    def _real_part(self, found: Any) -> Any:
        """What a real function gave: nan where that is no real number."""
        if isinstance(found, self.context.mpc):
            return found.real if found.imag == 0 else self.nan
        return found if isinstance(found, self.context.mpf) else self.context.mpf(found)

    def __getattr__(self, name: str) -> Any:
        """sin, cos, ..., erf: what mpmath calls the same."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.context, name)

    # --- functions that mpmath has under other names, or on real numbers only ---------------------------------

    def exp(self, a: Any) -> Any:
        """e to the power of a."""
        real = self._real(a)
        if abs(real) > self.context.mpf(10) ** HUGE:
            return self.context.mpf(0) if real < 0 else self.nan
        return self.context.exp(a)

    def power(self, a: Any, b: Any) -> Any:
        """a to the power of b, of a negative base to a whole power only."""
        if isinstance(a, self.context.mpc) or isinstance(b, self.context.mpc):
            if not isinstance(b, self.context.mpc) and b == self.context.floor(b) and abs(b) < 2**31:
                return a ** int(b)
            return self.context.exp(b * self.context.log(a))
        if a == 0:
            return self.context.mpf(1) if b == 0 else self.context.mpf(0) if b > 0 else self.nan
        if a < 0 and b != self.context.floor(b):
            return self.nan
        size = self.exp(b * self.context.log(abs(a)))
        return -size if a < 0 and self.context.fmod(b, 2) != 0 else size

    def cbrt(self, a: Any) -> Any:
        """The cube root with the sign of a."""
        return -self.context.cbrt(-a) if self._real(a) < 0 else self.context.cbrt(a)

    def atan2(self, a: Any, b: Any) -> Any:
        """The angle of the point (b, a)."""
        context, up, right = self.context, self._real(a), self._real(b)
        if not isinstance(a, context.mpc) and not isinstance(b, context.mpc):
            return context.atan2(a, b)
        if abs(up) > abs(right):
            return (1 if up > 0 else -1) * context.pi / 2 - context.atan(b / a)
        return context.atan(a / b) + (0 if right > 0 else context.pi if up >= 0 else -context.pi)

    def acot(self, a: Any) -> Any:
        """The angle whose cotangent is a."""
        return self.context.pi / 2 if a == 0 else self.context.atan(1 / a)

    def sinc(self, n: int, a: Any) -> Any:
        """The nth derivative of sin(pi a) / (pi a), from its series near 0."""
        context = self.context
        if abs(a) < context.mpf(10) ** -3 * (n + 1):
            first = (n + 1) // 2
            return context.fsum(
                (-1) ** m * context.pi ** (2 * m) / context.factorial(2 * m + 1) * context.ff(2 * m, n)
                * (a ** (2 * m - n) if 2 * m > n else 1)
                for m in range(first, first + 60)
            )  # fmt: skip
        value, power = context.sin(context.pi * a) / (context.pi * a), context.mpf(1)
        for k in range(1, n + 1):
            sine, cosine = context.sin(context.pi * a), context.cos(context.pi * a)
            value = (power * (cosine, -sine, -cosine, sine)[(k - 1) % 4] - k * value) / a
            power *= context.pi
        return value

    def lgamma(self, a: Any) -> Any:
        """The logarithm of the size of gamma."""
        if isinstance(a, self.context.mpc):
            if a.real <= 0:
                raise NotAnalytic("`lgamma` of a negative number jumps between its complex branches")
            return self.context.loggamma(a)
        return self.context.re(self.context.loggamma(a))

    def psi(self, n: int, a: Any) -> Any:
        """The nth derivative of digamma."""
        return self.context.psi(n, a)

    def erfinv(self, a: Any) -> Any:
        """The inverse of erf."""
        self._only_real(a, "`erfinv`")
        return self.context.erfinv(a)

    def order(self, n: Any) -> int:
        """An operand that counts."""
        return int(n)

    # --- functions of real numbers only -----------------------------------------------------------------------

    def _real(self, a: Any) -> Any:
        return a.real if isinstance(a, self.context.mpc) else a

    def _only_real(self, a: Any, name: str) -> None:
        if isinstance(a, self.context.mpc):
            raise NotAnalytic(f"{name} is not an analytic function")

    def abs(self, a: Any) -> Any:
        """The size."""
        self._only_real(a, "`abs`")
        return abs(a)

    def sign(self, a: Any) -> Any:
        """-1, 0 or 1."""
        self._only_real(a, "`sign`")
        return self.context.sign(a)

    def floor(self, a: Any) -> Any:
        """The largest whole number up to a."""
        self._only_real(a, "`floor`")
        return self.context.floor(a)

    def nearest(self, a: Any) -> Any:
        """The nearest whole number, of two the even one."""
        self._only_real(a, "`round`")
        return self.context.nint(a)

    def less(self, a: Any, b: Any) -> bool:
        """Is a smaller than b?"""
        self._only_real(a, "a choice by size")
        self._only_real(b, "a choice by size")
        return bool(a < b)

    def smaller(self, a: Any, b: Any) -> Any:
        """The smaller of two numbers."""
        return a if self.less(a, b) else b

    def larger(self, a: Any, b: Any) -> Any:
        """The larger of two numbers."""
        return b if self.less(a, b) else a

    def choose(self, condition: bool, then: Any, otherwise: Any) -> Any:
        """One of two numbers."""
        return then if condition else otherwise
