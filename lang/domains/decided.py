"""What domains share whose conditions are true or false at once: those of numbers, not of symbols.

Law: a comparison looks at the number that the interpreter would see, which each domain tells by `real`.
"""

from __future__ import annotations

from typing import Any

from lang.kernels.comparisons import COMPARISONS
from lang.steps import form


class Decided:
    """Comparisons, conditions and bounds of loops, of a domain that knows them."""

    def real(self, value: Any) -> Any:
        """The number that is compared."""
        return value

    def compare(self, operator: str, left: Any, right: Any, step: form.Step) -> bool:
        """As the interpreter compares."""
        return bool(COMPARISONS[operator](self.real(left), self.real(right)))

    def negate(self, condition: Any) -> bool:
        """The opposite."""
        return not condition

    def decide(self, condition: Any, step: form.Step) -> bool:
        """Every condition is true or false."""
        return bool(condition)

    def join(self, condition: Any, then: Any, otherwise: Any, step: form.Step) -> Any:
        """Never needed: conditions are decided."""
        raise AssertionError

    def whole(self, value: Any, step: form.Step) -> int:
        """A bound of `range`."""
        return int(self.real(value))
