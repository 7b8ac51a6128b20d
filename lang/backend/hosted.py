"""What a scope asks of the host while it runs: more steps, more room on a stack.

Law: a run that has steps and room left asks nothing, and pays a subtraction and a comparison.
"""

from __future__ import annotations

from lang.backend.carried import Carried
from lang.backend.processor import processor
from lang.backend.variables import STRUCTURED
from lang.backend.writer import FUEL
from lang.source import Span
from lang.steps import form


class Hosted(Carried):
    """The counters and the stacks of one scope."""

    # --- steps ----------------------------------------------------------------------------------------------

    def consume(self, steps: form.Block) -> None:
        """Count the straight steps of a block."""
        count = sum(1 for step in steps if not isinstance(step, (*STRUCTURED, form.Define)))
        if count and self.sites.counts:
            self.writer.set(FUEL, self.writer.value(f"sub i64 {self.writer.get(FUEL)}, {count}"))

    def watch(self, span: Span) -> None:
        """Ask the host for more steps where they are used up.

        Every turn of a loop and every call comes by, and the end of the program: in between there are not more steps
        than the program has.
        """
        if not self.sites.counts:
            return
        writer = self.writer
        empty, on = writer.label(), writer.label()
        out = writer.value(f"icmp slt i64 {writer.get(FUEL)}, 0")
        writer.add(f"br i1 {out}, label %{empty}, label %{on}, !prof !0")
        writer.start(empty)
        self._outside("refuel", self.sites.stop(span, self.scope.procedure.source))
        writer.jump(on)
        writer.start(on)

    def _outside(self, function: str, number: int) -> None:
        """Ask the host, which sees and may change the run's memory."""
        self.writer.leave()
        status = self.writer.value(f"call {processor().cold} i64 @look_{function}(ptr %run, i64 {number})")
        self.writer.return_to()
        self.writer.fail(self.writer.value(f"trunc i64 {status} to i32"))

    # --- stacks ---------------------------------------------------------------------------------------------

    def _push(self, step: form.Push) -> None:
        writer, base = self.writer, self.sites.stacks[step.stack]
        value, kind = self.read(step.source), self.kind_of(step.source)
        size, room = writer.get(base + 1), writer.get(base + 2)
        full, on = writer.label(), writer.label()
        none = writer.value(f"icmp uge i64 {size}, {room}")
        writer.add(f"br i1 {none}, label %{full}, label %{on}, !prof !0")
        writer.start(full)
        self._outside("grow", base)
        writer.jump(on)
        writer.start(on)
        writer.add(f"store {kind} {value}, ptr {self._top(base, size)}")
        writer.set(base + 1, writer.value(f"add i64 {size}, 1"))

    def _pop(self, step: form.Pop) -> None:
        writer, base = self.writer, self.sites.stacks[step.stack]
        size = writer.get(base + 1)
        writer.stop_if(writer.value(f"icmp eq i64 {size}, 0"))
        less = writer.value(f"sub i64 {size}, 1")
        writer.set(base + 1, less)
        self.write(step.target, writer.value(f"load {self.kind(step.target)}, ptr {self._top(base, less)}"))

    def _top(self, base: int, index: str) -> str:
        address = self.writer.value(f"inttoptr i64 {self.writer.get(base)} to ptr")
        return self.writer.value(f"getelementptr double, ptr {address}, i64 {index}")
