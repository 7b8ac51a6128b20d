"""What a run keeps of the awkward points its derivatives pass.

Law: a note is made where the step is computed or swept over, once for each step and kind; the policy `kinks` decides
here and nowhere else whether it is kept, dropped or an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lang.errors import DerivativeError
from lang.evaluate import notes as noted
from lang.evaluate import rulecode
from lang.evaluate.active import Value, plain
from lang.evaluate.settings import Settings
from lang.kernels.comparisons import COMPARISONS
from lang.rules import Primitive
from lang.source import Source
from lang.steps import form

if TYPE_CHECKING:
    from lang.evaluate.carrying import Carrying, Running


class Observing:
    """The part of a run that notes: it knows the policy, the text that is running, and what was noted so far."""

    settings: Settings
    source: Source
    notes: dict[tuple[form.Step | None, str], noted.Note]
    forced: Mapping[form.Step, float]
    functions: dict[str, form.Procedure]

    def __init__(self) -> None:
        self.frames: Sequence[Running] = ()
        self.parts: tuple[form.Procedure, ...] = ()
        self.wanted: frozenset[str] = frozenset()
        self._carrying: Carrying | None = None

    def carries(self, step: form.Step) -> bool:
        """Can the derivative of a step that is made now reach a result, or does its value only decide?"""
        if self._carrying is None:
            from lang.evaluate.carrying import Carrying  # most runs meet nothing awkward

            self._carrying = Carrying(self.parts, self.wanted, self.functions)
        return self._carrying(step, self.frames)

    def compare(self, step: form.Comparison, left: Value, right: Value) -> bool:
        """A comparison of numbers of any level; equal moving numbers are noted."""
        one, other = plain(left), plain(right)
        if one == other and left is not right:
            if step in self.forced:
                one, other = self.forced[step], 0.0
            elif self.settings.kinks != "silent":
                self.note(
                    step,
                    noted.CONDITION,
                    f"the condition compares equal values ({noted.shown(one)}): the derivative is the taken branch's",
                )
        return COMPARISONS[step.operator](one, other)

    def note(self, step: form.Step | None, kind: str, message: str, sides: tuple[noted.Sides, ...] = ()) -> None:
        """Keep a note, or stop, as the policy says.

        Raises:
            DerivativeError: the policy is `error`.
        """
        if self.settings.kinks == "silent":
            return
        span = step.span if step is not None else (0, 0)
        if self.settings.kinks == "error" and kind in (noted.KINK, noted.CONDITION):
            raise DerivativeError(
                message, span, source=self.source, hint="`kinks=note` uses the convention and says so"
            )
        found = self.notes.get((step, kind))
        if found is None:
            self.notes[step, kind] = noted.Note(kind, message, span, self.source, sides, step=step)
        else:
            found.count += 1

    def note_kink(
        self,
        primitive: Primitive,
        arguments: tuple[Value, ...],
        primals: tuple[Value, ...],
        result: Value,
        active: tuple[int, ...],
        step: form.Step,
    ) -> None:
        """Note a primitive at its kink, if it is there, a moving operand moves it off, and something comes of it."""
        if self.settings.kinks == "silent":
            return
        at_kink = rulecode.condition(primitive, "kink")
        if at_kink is not None and at_kink(*primals, result):
            together = len(active) == 2 and arguments[active[0]] is arguments[active[1]]
            found = noted.kink(primitive, primals, (active,) if together else tuple((index,) for index in active))
            if found is not None and (found.jump or self.carries(step)):
                self.note(step, noted.KINK, found.message, found.sides)

    def note_nonfinite(
        self, primitive: Primitive, primals: tuple[Value, ...], result: Value, step: form.Step, became: str
    ) -> None:
        """Note a statement whose derivative is not finite, where it is the first; `became` as `active.worse` has it."""
        if self.settings.kinks == "silent" or not self.carries(step):
            return
        is_vertical = rulecode.condition(primitive, "vertical")
        vertical = is_vertical is not None and is_vertical(*primals, result)
        if vertical:
            met = (step, noted.VERTICAL) in self.notes
            sides = () if met else noted.vertical_sides(primitive, primals)
            self.note(step, noted.VERTICAL, noted.vertical(primitive, primals), sides)
        if became and not (vertical and became == "infinite"):
            self.note_became(step, became)

    def has_note(self, step: form.Step | None) -> bool:
        """Has something been said already of a step's derivative not being finite?"""
        return (step, noted.VERTICAL) in self.notes or (step, noted.NONFINITE) in self.notes

    def note_became(self, step: form.Step | None, became: str) -> None:
        """Note where a derivative becomes infinite or nan."""
        why = " (0 times infinity, or infinities that cancel)" if became == "nan" else ""
        self.note(step, noted.NONFINITE, f"the derivative becomes {became} here{why}")
