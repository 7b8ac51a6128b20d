"""What a scope asks of the host while it runs: more steps, more room on a stack.

Law: a run that has steps and room left asks nothing, and pays a subtraction and a comparison; for its stacks it looks
once for as much as is certain to come (`ahead`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from lang.backend.native.ahead import AT_ONCE, Ahead
from lang.backend.native.carried import Carried
from lang.backend.native.processor import processor
from lang.backend.native.shape import Scope, Shape
from lang.backend.native.variables import Sites
from lang.backend.native.writer import CALLS, ENDED, FUEL, Writer
from lang.source import Span
from lang.steps import form

Seen = tuple[Mapping[int, int], Mapping[int, int]]
"""What has been seen of stacks: the room that is left, the values that are there."""


class Hosted(Carried):
    """The counters and the stacks of one scope.

    Attributes:
        bits: by how many bits steps left stand above calls left.
        ahead: what is done to the stacks from a place on.
        seen: what has been seen of them where the writing is, less what was used since.
    """

    def __init__(self, shape: Shape, scope: Scope, writer: Writer, sites: Sites) -> None:
        super().__init__(shape, scope, writer, sites)
        self.bits = CALLS if shape.recursive and not self.main else 0
        self.ahead = Ahead([])
        self.seen: tuple[dict[int, int], dict[int, int]] = {}, {}

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
        procedure = self.scope.procedure
        place = self.sites.stop(span if span[0] >= 0 else procedure.span, procedure.source)
        look = "look_calls" if self.bits else "look_refuel"
        more = self.asked(look, f"i64 {left}, i64 {place}")
        writer.set(FUEL, more)
        writer.jump(on)
        writer.start(on)

    def asked(self, look: str, given: str) -> str:
        """Ask the host; its answer, where the run may go on."""
        answer = self.writer.value(f"call {processor().cold} i64 @{look}(ptr %run, {given})")
        self.writer.stop_if(self.writer.value(f"icmp slt i64 {answer}, 0"), ENDED)
        return answer

    # --- stacks ---------------------------------------------------------------------------------------------

    def look_ahead(self, steps: form.Block, at: int) -> None:
        """See before a step that there is on each stack what it needs, if that was not seen before."""
        room, there = self.seen
        for stack, own in self.ahead.of(steps[at]).stacks.items():
            more, less = own.saved and own.room > room.get(stack, 0), own.taken > there.get(stack, 0)
            if not (more or less):
                continue
            use = self.ahead.there(steps, at, stack)
            if more:
                room[stack] = min(AT_ONCE, use.room)
                self.need(self.sites.stacks[stack], room[stack])
            if less:
                there[stack] = use.taken
                self._look_for(self.sites.stacks[stack], use.taken)

    def _look_for(self, base: int, count: int) -> None:
        """End the run for the interpreter to say if there are fewer values on a stack."""
        size = self.writer.get(base + 1)
        self.writer.stop_if(self.writer.value(f"icmp ult i64 {size}, {count}"))

    def saw(self) -> Seen:
        """What has been seen so far."""
        return dict(self.seen[0]), dict(self.seen[1])

    def see(self, ways: Iterable[Seen] = ()) -> None:
        """Go on where one of some ways led: what all of them have seen; nothing where there are none."""
        first, *others = ways or ([({}, {})])
        for own, at in ((self.seen[0], 0), (self.seen[1], 1)):
            own.clear()
            own.update({stack: min([count, *(way[at].get(stack, 0) for way in others)])
                        for stack, count in first[at].items()})  # fmt: skip

    def _used(self, stack: int, count: int) -> None:
        """A stack has got so many values more."""
        room, there = self.seen
        room[stack] = room.get(stack, 0) - count
        there[stack] = max(0, there.get(stack, 0) + count)

    def pushes(self, steps: Sequence[form.Push]) -> None:
        """Save values on one stack, one after another, where there is room for them."""
        writer, base = self.writer, self.sites.stacks[steps[0].stack]
        values = [(self.kind_of(step.source), self.read(step.source)) for step in steps]
        size = writer.get(base + 1)
        top = self.top(base, size)
        for place, (kind, value) in enumerate(values):
            to = writer.value(f"getelementptr double, ptr {top}, i64 {place}") if place else top
            writer.add(f"store {kind} {value}, ptr {to}")
        writer.set(base + 1, writer.value(f"add i64 {size}, {len(steps)}"))
        self._used(steps[0].stack, len(steps))

    def need(self, base: int, count: int) -> None:
        """Look for room on a stack, and ask the host until it is there."""
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

    def pops(self, steps: Sequence[form.Pop]) -> None:
        """Take values back from one stack, one after another, where they are there."""
        writer, base, count = self.writer, self.sites.stacks[steps[0].stack], len(steps)
        less = writer.value(f"sub i64 {writer.get(base + 1)}, {count}")
        writer.set(base + 1, less)
        top = self.top(base, less)
        for place, step in zip(range(count - 1, -1, -1), steps, strict=True):
            at = writer.value(f"getelementptr double, ptr {top}, i64 {place}") if place else top
            self.write(step.target, writer.value(f"load {self.kind(step.target)}, ptr {at}"))
        self._used(steps[0].stack, -count)

    def _word_of(self, index: int) -> str:
        """A word of the run's memory that only the host changes."""
        if self.scope.looping:  # then where its stacks lie is kept in registers
            return self.writer.get(index)
        return self.writer.value(f"load i64, ptr {self.writer.place(index)}")

    def top(self, base: int, index: str) -> str:
        """Where a value of a stack lies."""
        address = self.writer.value(f"inttoptr i64 {self._word_of(base)} to ptr")
        return self.writer.value(f"getelementptr double, ptr {address}, i64 {index}")
