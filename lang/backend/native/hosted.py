"""What a scope asks of the host while it runs: more steps, more room on a stack.

Law: a run that has steps and room left asks nothing, and pays a subtraction and a comparison.
"""

from __future__ import annotations

from collections.abc import Sequence

from lang.backend.native.carried import Carried
from lang.backend.native.processor import processor
from lang.backend.native.shape import Scope, Shape
from lang.backend.native.variables import Sites
from lang.backend.native.writer import CALLS, ENDED, FUEL, Writer
from lang.source import Span
from lang.steps import form

AT_ONCE = 64
"""Saved values that there is room for in any case after a stack has grown."""


class Hosted(Carried):
    """The counters and the stacks of one scope.

    Attributes:
        bits: by how many bits steps left stand above calls left.
    """

    def __init__(self, shape: Shape, scope: Scope, writer: Writer, sites: Sites) -> None:
        super().__init__(shape, scope, writer, sites)
        self.bits = CALLS if shape.recursive and not self.main else 0

    # --- steps ----------------------------------------------------------------------------------------------

    def consume(self, count: int) -> None:
        """Count steps."""
        if count and self.sites.counts:
            self.writer.set(FUEL, self.writer.value(f"sub i64 {self.writer.get(FUEL)}, {count << self.bits}"))

    def watch(self, span: Span, given: str = "") -> None:
        """Ask the host for more steps where they are used up, and end where the run is to end.

        Every turn of a loop, the end of every call and the end of the program come by.

        Args:
            given: a number that is less than 0 where they are.
        """
        if not self.sites.counts:
            return
        writer = self.writer
        empty, on = writer.label(), writer.label()
        out = writer.value(f"icmp slt i64 {given or writer.get(FUEL)}, 0")
        writer.add(f"br i1 {out}, label %{empty}, label %{on}, !prof !0")
        writer.start(empty)
        left = writer.get(FUEL)
        look = "look_calls" if self.bits else "look_refuel"
        more = self.asked(look, f"i64 {left}, i64 {self.sites.stop(span, self.scope.procedure.source)}")
        writer.set(FUEL, more)
        writer.jump(on)
        writer.start(on)

    def asked(self, look: str, given: str) -> str:
        """Ask the host; its answer, where the run may go on."""
        answer = self.writer.value(f"call {processor().cold} i64 @{look}(ptr %run, {given})")
        self.writer.stop_if(self.writer.value(f"icmp slt i64 {answer}, 0"), ENDED)
        return answer

    # --- stacks ---------------------------------------------------------------------------------------------

    def pushes(self, steps: Sequence[form.Push]) -> None:
        """Save values on one stack, one after another."""
        writer, base = self.writer, self.sites.stacks[steps[0].stack]
        values = [(self.kind_of(step.source), self.read(step.source)) for step in steps]
        size = writer.get(base + 1)
        more = self.need(base, len(steps))
        top = self.top(base, size)
        for place, (kind, value) in enumerate(values):
            to = writer.value(f"getelementptr double, ptr {top}, i64 {place}") if place else top
            writer.add(f"store {kind} {value}, ptr {to}")
        writer.set(base + 1, more)

    def need(self, base: int, count: int) -> str:
        """Look for room on a stack, and ask the host until it is there; the stack's length with what comes."""
        writer = self.writer
        look, full, on = writer.label(), writer.label(), writer.label()
        more = writer.value(f"add i64 {writer.get(base + 1)}, {count}")
        writer.begin(look)
        none = writer.value(f"icmp ugt i64 {more}, {self._word_of(base + 2)}")
        writer.add(f"br i1 {none}, label %{full}, label %{on}, !prof !0")
        writer.start(full)
        writer.put(base + 1)
        self.asked("look_grow", f"i64 {base}")
        if self.scope.looping:  # then where its stacks lie is kept in registers
            writer.fetch(base)
            writer.fetch(base + 2)
        writer.jump(look if count > AT_ONCE else on)
        writer.start(on)
        return more

    def pops(self, steps: Sequence[form.Pop]) -> None:
        """Take values back from one stack, one after another."""
        writer, base, count = self.writer, self.sites.stacks[steps[0].stack], len(steps)
        size = writer.get(base + 1)
        writer.stop_if(writer.value(f"icmp ult i64 {size}, {count}"))
        less = writer.value(f"sub i64 {size}, {count}")
        writer.set(base + 1, less)
        top = self.top(base, less)
        for place, step in zip(range(count - 1, -1, -1), steps, strict=True):
            at = writer.value(f"getelementptr double, ptr {top}, i64 {place}") if place else top
            self.write(step.target, writer.value(f"load {self.kind(step.target)}, ptr {at}"))

    def _word_of(self, index: int) -> str:
        """A word of the run's memory that only the host changes."""
        if self.scope.looping:  # then where its stacks lie is kept in registers
            return self.writer.get(index)
        return self.writer.value(f"load i64, ptr {self.writer.place(index)}")

    def top(self, base: int, index: str) -> str:
        """Where a value of a stack lies."""
        address = self.writer.value(f"inttoptr i64 {self._word_of(base)} to ptr")
        return self.writer.value(f"getelementptr double, ptr {address}, i64 {index}")
