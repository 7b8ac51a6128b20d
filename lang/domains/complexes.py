"""Steps -> the derivative by an imaginary step: the value at x + ih, whose imaginary part is h times the derivative.

Law: nothing is subtracted, so h may be as small as 1e-200 and no digit is lost; but each function on the way must be
analytic, and the first that is not says so. Numbers have a double's 53 bits.

Source: Squire and Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40 (1998).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from lang.domains.decided import Decided
from lang.domains.digits import Digits, NotAnalytic
from lang.domains.refusal import Undecided, missing
from lang.domains.walk import Supply, Walker
from lang.limits import Limits
from lang.rules import Primitive
from lang.steps import form
from lang.steps.drive import Walk

DOUBLE = 53


class Complexes(Decided):
    """The domain of complex numbers. Args: by: the input that moves; step: how far."""

    def __init__(self, by: str, step: float) -> None:
        self.digits = Digits(DOUBLE)
        self.by = by
        self.step = step

    def constant(self, value: float | bool) -> Any:
        """A double."""
        return value if isinstance(value, bool) else self.digits.number(value)

    def enter(self, step: form.Input, value: Any) -> Any:
        """An input; the one that moves gets its imaginary part."""
        if value is None:
            raise missing(step)
        number = self.digits.number(value) if isinstance(value, float) else value
        return self.digits.context.mpc(self.real(number), self.step) if step.target == self.by else number

    def apply(self, primitive: Primitive, arguments: tuple[Any, ...], step: form.Step) -> Any:
        """A primitive on complex numbers.

        Raises:
            Undecided: it is not analytic.
        """
        try:
            return self.digits.value(primitive, arguments)
        except (NotAnalytic, TypeError) as why:
            words = str(why) if isinstance(why, NotAnalytic) else f"`{primitive.name}` has no complex form here"
            raise Undecided(words, step) from None

    def real(self, value: Any) -> Any:
        """The real part."""
        return value.real if isinstance(value, self.digits.context.mpc) else value

    def called(
        self, walker: Walker, procedure: form.Procedure, arguments: tuple[Any, ...], values: Any, step: form.Step
    ) -> Generator[Walk, Any, Any]:
        """A user's rule says nothing here: the body is run."""
        yield from ()
        return values


def derivative(
    parts: tuple[form.Procedure, ...], supply: Supply, target: str, by: str, step: float, limits: Limits, started: float
) -> float:
    """The derivative of a result by an input, by an imaginary step.

    Raises:
        Undecided: a function on the way is not analytic.
    """
    domain = Complexes(by, step)
    found = Walker(domain, supply, limits, started).run(parts)[target]
    if isinstance(found, domain.digits.context.mpc):
        return float(found.imag / domain.digits.number(step))
    return 0.0
