"""A program and its results -> the steps whose derivatives can reach them; the others only decide which way a run goes.

Law: no derivative goes through a comparison, so a kink or a vertical tangent of what is only compared is none of the
answer's; a jump is, for it decides. This is asked by structure alone, and only where something was met.

    while abs(r) > 1e-12:       # abs(0) in the last turn: nothing comes of its derivative
        r = r / 2
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from lang.evaluate.needed import defined, narrow, narrow_one
from lang.steps import form
from lang.steps.compared import compared
from lang.steps.rewrite import Rewriting
from lang.steps.walk import all_steps


class Running(Protocol):
    """A scope that is running: a frame of a machine."""

    @property
    def procedure(self) -> form.Procedure: ...
    @property
    def step(self) -> form.Step | None: ...


class Carrying:
    """Asks of steps whether their derivatives can reach a result.

    Args:
        parts: the program; without any, each of its own steps counts.
        wanted: the names of the results; without any, each of its own steps counts.
        functions: the program's functions as they stand, by name.
    """

    def __init__(
        self,
        parts: tuple[form.Procedure, ...],
        wanted: Collection[str],
        functions: Mapping[str, form.Procedure],
    ) -> None:
        self.functions = functions
        self._main = _inside(narrow(_undecided(parts), wanted)) if wanted else None
        self._found: dict[form.Procedure, set[form.Step]] = {}

    def __call__(self, step: form.Step, frames: Sequence[Running]) -> bool:
        """Can the derivative of a step that the innermost frame makes reach a result?

        What a derivative call (`f'(x)`) is computed from has reached one.
        """
        for frame in reversed(frames):
            caller = frame.step
            if isinstance(step, form.PrimitiveDerivative):
                return True
            if caller is None:
                return self._main is None or step in self._main
            if step not in self._of(frame.procedure):
                return False
            if isinstance(caller, form.Call) and caller.by:
                return True
            step = caller
        return True

    def _of(self, procedure: form.Procedure) -> set[form.Step]:
        """The steps of a function whose derivatives can reach what it gives."""
        if procedure not in self._found:
            (own,), functions = _undecided((procedure,)), self.functions.values()
            self._found[procedure] = _inside((narrow_one(own, functions),))
        return self._found[procedure]


def _inside(parts: tuple[form.Procedure, ...]) -> set[form.Step]:
    return {step for part in parts for step in all_steps(part.body)}


def _undecided(parts: tuple[form.Procedure, ...]) -> tuple[form.Procedure, ...]:
    """The program without what is computed only for its conditions; what may save values stays."""
    every = (*parts, *defined(parts))
    saving = any(isinstance(step, form.Push | form.Pop) for step in _inside(every))
    stays = form.Push | form.Pop | form.Call if saving else form.Push | form.Pop
    setups = [setup for part in every for setup in compared(part.body)]
    writing = _Undecided([setup for setup in setups if not any(isinstance(each, stays) for each in all_steps(setup))])
    return tuple(writing.procedure(part) for part in parts)


class _Undecided(Rewriting):
    """Leaves out some setups of conditions.

    Args:
        setups: those, each the very list that the program has.
    """

    def __init__(self, setups: list[form.Block]) -> None:
        super().__init__()
        self._setups = {id(setup) for setup in setups}

    def step(self, step: form.Step, out: form.Block) -> None:
        """A comparison reads nothing here, for nothing goes through it."""
        out.append(step.but(left=0.0, right=0.0) if isinstance(step, form.Comparison) else step)

    def condition(self, setup: form.Block, condition: form.Operand) -> tuple[form.Block, form.Operand]:
        """What is decided does not matter here."""
        return ([] if id(setup) in self._setups else setup), 0.0
