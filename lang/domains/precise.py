"""Steps -> values and derivatives to 50 digits, the derivatives twice: by differences, and by the rules.

Law: the two know nothing of each other. Differences come from values alone, with a step so small, and so many digits,
that at least 50 remain; the rules' derivatives are the lines', computed at the same digits. So where they differ, a
rule is wrong; and where they agree and floats differ from both, the floats have lost digits and no rule is to blame.

One walk does it all: a number that moves carries, for each input that moves it, its value a hair above and a hair
below, and its tangent by the rules.

    x = 2       center 2, above 2 + h, below 2 - h, slope 1           h = 2 * 2**-170
    y = x * x   center 4, above 4 + 4h + h*h, ...,  slope x + x = 4   (above - below) / 2h = 4

Branches go as the center decides.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, NamedTuple

from lang.domains.decided import Decided
from lang.domains.digits import Digits
from lang.domains.line import evaluate
from lang.domains.refusal import missing
from lang.domains.walk import Walker
from lang.rules import Primitive
from lang.source import Source
from lang.steps import form
from lang.steps.drive import Walk
from lang.steps.rules import differential

BITS = 600
STEP = -170
"""The step is 2**STEP of the input, at most of 1: differences err by 2**-340 of themselves."""
FINE_BITS, FINE_STEP = 4000, -1500
"""For a second look where the sides disagree: `sin(1e200 * x)` turns within the first step, `abs` bends in both."""
AGREE = 1e-10
"""Rules may be written with a double's digits, so that much is agreement."""
NOISE = 1e-40
SMOOTH = 1e-30
"""One-sided differences of smooth functions agree better than this."""


class Move(NamedTuple):
    """What one input does to a number: its value above and below, and its tangent by the rules."""

    above: Any
    below: Any
    slope: Any


@dataclass(slots=True, eq=False)
class Moving:
    """A number that moves with some inputs."""

    center: Any
    moves: dict[str, Move]


class Slope(NamedTuple):
    """A derivative at 50 digits.

    Attributes:
        value: by central differences.
        left, right: one-sided.
        rule: by the rules.
        smooth: do both sides agree?
    """

    value: Any
    left: Any
    right: Any
    rule: Any
    smooth: bool


@dataclass(frozen=True)
class Conflict:
    """The first step at which the rules' derivative is not that of the values.

    Attributes:
        step, source: where.
        procedure: the function whose rule it is; None for a primitive.
        by: the input that moves.
        rule, true: the derivative of the step's result by it, by the rules and by differences.
        kink: the two sides differ, so that there is no derivative.
    """

    step: form.Step
    source: Source
    procedure: form.Procedure | None
    by: str
    rule: float
    true: float
    kink: bool


class Precise(Decided):
    """The domain of many digits.

    Args:
        by: the inputs that move.
        fine: with a far smaller step and more digits.
        looking: look at every step for the first where rules and values disagree; it takes half as long again.
    """

    def __init__(self, by: tuple[str, ...], fine: bool = False, looking: bool = False) -> None:
        self.looking = looking
        self.bits, self.step = (FINE_BITS, FINE_STEP) if fine else (BITS, STEP)
        self.digits = Digits(self.bits)
        self.scales: dict[str, Any] = {}
        self.by = by
        self.steps: dict[str, Any] = {}
        self.inputs: dict[str, float] = {}
        self.conflict: Conflict | None = None
        self.source: Callable[[], Source] = lambda: Source("", "<program>")
        self.ruled = 0

    # --- numbers --------------------------------------------------------------------------------------------

    def constant(self, value: float | bool) -> Any:
        """A double, exactly."""
        return value if isinstance(value, bool) else self.digits.number(value)

    def enter(self, step: form.Input, value: Any) -> Any:
        """An input; one that moves gets its neighbours."""
        if value is None:
            raise missing(step)
        center = center_of(value) if not isinstance(value, float) else self.digits.number(value)
        self.inputs[step.target] = float(center)
        if step.target not in self.by:
            return center
        context = self.digits.context
        size = abs(center) if center else context.mpf(1)
        context.prec = max(context.prec, self.bits + max(0, int(context.mag(size))))
        hair = context.ldexp(min(size, 1), self.step)
        self.steps[step.target], self.scales[step.target] = hair, size
        move = Move(center + hair, center - hair, self.digits.number(1.0))
        return Moving(center, {step.target: move})

    def apply(self, primitive: Primitive, arguments: tuple[Any, ...], step: form.Step) -> Any:
        """A primitive at the center and beside it, and its rule."""
        centers = tuple(center_of(each) for each in arguments)
        value = self.digits.value(primitive, centers)
        moving = {index: each for index, each in enumerate(arguments) if isinstance(each, Moving)}
        if not moving:
            return value
        factors = self._factors(primitive, centers, value, tuple(moving))
        moves = {}
        for name in dict.fromkeys(name for each in moving.values() for name in each.moves):
            above = self.digits.value(primitive, tuple([_side(each, name, 0) for each in arguments]))
            below = self.digits.value(primitive, tuple([_side(each, name, 1) for each in arguments]))
            terms = [
                factors[index] * each.moves[name].slope
                for index, each in moving.items()
                if index in factors and name in each.moves
            ]
            slope = terms[0] if terms else self.digits.number(0.0)
            for term in terms[1:]:
                slope += term
            moves[name] = Move(above, below, slope)
        found = Moving(value, moves)
        self.look(found, step, None)
        return found

    def _factors(
        self, primitive: Primitive, centers: tuple[Any, ...], value: Any, indices: tuple[int, ...]
    ) -> dict[int, Any]:
        """The partials of a rule by the operands that move, those that are nothing left out."""
        names = dict(zip(primitive.parameters, centers, strict=True))
        names[primitive.rule.result.name] = value
        lines = {index: primitive.partial(index) for index in indices}
        return {index: evaluate(line, names, self.digits) for index, line in lines.items() if line is not None}

    def real(self, value: Any) -> Any:
        """The center."""
        return center_of(value)

    # --- user rules -----------------------------------------------------------------------------------------

    def called(
        self, walker: Walker, procedure: form.Procedure, arguments: tuple[Any, ...], values: Any, step: form.Step
    ) -> Generator[Walk, Any, Any]:
        """The tangents that the user's rule gives take the place of the body's."""
        (result,) = values
        rule = procedure.rule
        assert rule is not None
        moved = {name for each in arguments if isinstance(each, Moving) for name in each.moves}
        if not moved or isinstance(result, bool):
            return values
        self.ruled += 1
        centers = tuple(center_of(each) for each in arguments)
        moves = {}
        for name in (each for each in self.by if each in moved):
            active = tuple(index for index, each in enumerate(arguments) if _moves(each, name))
            code = differential(rule, active)
            slope = self.digits.number(0.0)
            if code is not None:
                tangents = tuple(arguments[index].moves[name].slope for index in active)
                (given,) = yield walker.body(code, (*centers, center_of(result), *tangents), step)
                slope = center_of(given)
            moves[name] = Move(_side(result, name, 0), _side(result, name, 1), slope)
        found = Moving(center_of(result), moves)
        self.look(found, step, procedure)
        return (found,)

    # --- answers --------------------------------------------------------------------------------------------

    def look(self, value: Moving, step: form.Step, procedure: form.Procedure | None) -> None:
        """Keep the first step where the rules and the values disagree."""
        if not self.looking or self.conflict is not None:
            return
        for name in value.moves:
            slope = self.slope(value, name)
            if not self.agrees(slope, value, name):
                self.conflict = Conflict(
                    step, self.source(), procedure, name, float(slope.rule), float(slope.value), not slope.smooth
                )
                return

    def slope(self, value: Any, name: str) -> Slope:
        """The derivative of a number by an input."""
        zero = self.digits.number(0.0)
        if not isinstance(value, Moving) or name not in value.moves:
            return Slope(zero, zero, zero, zero, True)
        above, below, rule = value.moves[name]
        hair = self.steps[name]
        left, right = (value.center - below) / hair, (above - value.center) / hair
        central = (above - below) / (2 * hair)
        if abs(central) <= self._noise(value, name) or (rule == 0 and abs(central) <= hair):
            central = zero
        slack = hair if value.center == 0 else self._noise(value, name) * 1e10
        near = abs(left - right) <= SMOOTH * max(abs(left), abs(right)) + slack
        return Slope(central, left, right, rule, bool(near))

    def agrees(self, slope: Slope, value: Any, name: str) -> bool:
        """Is there a derivative, and do the rules say the same, but for what differences themselves lose?"""
        if not isinstance(value, Moving) or name not in value.moves:
            return True
        slack = self.steps[name] if value.center == 0 else self._noise(value, name)
        bound = AGREE * max(abs(slope.rule), abs(slope.value)) + slack
        return slope.smooth and bool(abs(slope.rule - slope.value) <= bound)

    def _noise(self, value: Moving, name: str) -> Any:
        """Derivatives smaller than this, beside the value, are rounding."""
        return NOISE * abs(value.center) / self.scales[name]


def center_of(value: Any) -> Any:
    """The number itself."""
    return value.center if isinstance(value, Moving) else value


def _moves(value: Any, name: str) -> bool:
    return isinstance(value, Moving) and name in value.moves


def _side(value: Any, name: str, side: int) -> Any:
    if isinstance(value, Moving):
        return value.moves[name][side] if name in value.moves else value.center
    return value
