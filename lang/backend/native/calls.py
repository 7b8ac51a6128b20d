"""Calls of a program's functions: what goes along in registers, how deep they may stand inside each other.

Law: a call that ends well gives back what may still be used, and pays for that one comparison, which it needs anyway to
see whether the run goes on. What the run may use is looked at where a call ends and where a function with many steps
begins: before the next look calls stand at most as deep inside each other as they may, each with few steps.

More than `MOST` arguments or results lie in memory of the caller: LLVM's time for a structure grows with the square of
its length. A room serves all calls of a function of the machine, one after another.

How deep calls stand is looked at where the first of a way is made, so what calls nothing does not look.
"""

from __future__ import annotations

from lang.backend.native.hosted import Hosted
from lang.backend.native.recursion import NEXT
from lang.backend.native.shape import MOST, NUMBER, Scope, Shape
from lang.backend.native.variables import Sites
from lang.backend.native.writer import CALLS, DEPTH, ENDED, FUEL, Writer
from lang.steps import form

FEW = 1_000
"""Steps of a function that need no look of their own."""
RUN = "ptr swiftself %run"
"""The run's memory, as functions hand it on: in a register that stays as it is."""
GIVEN, RESULTS = "%given", "%results"
"""What a function of many parameters or results is told: where they lie."""
HANDED, TAKEN = "%handed", "%taken"
"""The rooms for them where such functions are called."""


class Calls(Hosted):
    """The calls of one scope.

    Attributes:
        deep: has this way looked how deep calls stand?
    """

    def __init__(self, shape: Shape, scope: Scope, writer: Writer, sites: Sites) -> None:
        super().__init__(shape, scope, writer, sites)
        self.deep = False

    def _call(self, step: form.Call) -> None:
        writer = self.writer
        inner = self.shape.functions[step.function]
        given = self._given(inner, step)
        results = inner.returned
        self.see()
        handed = [f"i64 {self._handed()}", *(f"i64 {writer.get(each)}" for each in self.sites.carried[1:])]
        writer.leave()
        writer.mark()
        self.called = ""
        kind = "{" + ", ".join([*["i64"] * len(handed), *(() if inner.wide else results)]) + "}"
        again = NEXT if inner.cycle is not None and inner.cycle == self.scope.cycle else ""
        name = f"@f{self.sites.numbers[step.function]}{again}"
        value = writer.value(f"call {kind} {name}({', '.join([RUN, *handed, *given])})")
        writer.return_to()
        in_registers = len(handed) + (0 if inner.wide else len(results))
        back = [writer.value(f"extractvalue {kind} {value}, {index}") for index in range(in_registers)]
        self._back(back[: len(handed)], step)
        for each in self.outer & self.known.keys():
            del self.known[each]
        if inner.wide:
            for index, each in enumerate(results):
                back.append(writer.value(f"load {each}, ptr {writer.item(TAKEN, index)}"))
                writer.pause(index)
        for target, number in zip(step.targets, back[len(handed) :], strict=False):
            self.write(target, number)
            if step in self.scope.unread and self.kind(target) == NUMBER:
                self.look(number)

    def _given(self, inner: Scope, step: form.Call) -> list[str]:
        """What a function is given: its arguments, or where they lie, and where its results are to lie."""
        writer, parameters = self.writer, inner.procedure.parameters
        values = [(self.shape.kind(inner, name), self.read(each))
                  for name, each in zip(parameters, step.arguments, strict=True)]  # fmt: skip
        given = [f"{kind} {value}" for kind, value in values]
        if len(values) > MOST:
            room = writer.room(HANDED, len(values))
            for index, (kind, value) in enumerate(values):
                writer.add(f"store {kind} {value}, ptr {writer.item(room, index)}")
                writer.pause(index)
            given = [f"ptr {room}"]
        return [*given, f"ptr {writer.room(TAKEN, len(inner.returned))}"] if inner.wide else given

    def _handed(self) -> str:
        """What a call may use: steps, and calls inside each other."""
        writer = self.writer
        left = writer.get(FUEL) if self.sites.counts else "0"
        if not self.shape.recursive:
            return left
        if self.main:
            calls = writer.value(f"load i64, ptr {writer.place(DEPTH)}")
            writer.stop_if(writer.value(f"icmp sle i64 {calls}, 0"))
            return writer.value(f"or i64 {writer.value(f'shl i64 {left}, {CALLS}')}, {calls}")
        if not self.deep:
            self.deep = True
            calls = writer.value(f"and i64 {left}, {(1 << CALLS) - 1}")
            writer.stop_if(writer.value(f"icmp ule i64 {calls}, 1"))
        return writer.value(f"sub i64 {left}, 1")

    def _back(self, carried: list[str], step: form.Call) -> None:
        """What a call has left."""
        writer, left = self.writer, carried[0]
        for index, value in zip(self.sites.carried[1:], carried[1:], strict=True):
            writer.set(index, value)
        if not self.sites.counts:
            writer.stop_if(writer.value(f"icmp slt i64 {left}, 0"), ENDED)
            return
        own = left
        if self.shape.recursive:
            own = writer.value(f"ashr i64 {left}, {CALLS}" if self.main else f"add i64 {left}, 1")
        writer.set(FUEL, own)
        self.watch(step.span, left)

    def _return(self, step: form.Return) -> None:
        values = tuple(self.read(each) for each in step.values)
        if self.scope.wide:
            for index, (kind, value) in enumerate(zip(self.scope.returned, values, strict=True)):
                self.writer.add(f"store {kind} {value}, ptr {self.writer.item(RESULTS, index)}")
                self.writer.pause(index)
            values = ()
        self.writer.finish(values)

    def look(self, value: str) -> None:
        """Stop unless a number is finite: one that nothing reads would be left out, and its overflow with it."""
        size = self.writer.value(f"call double @llvm.fabs.f64(double {value})")
        self.writer.stop_if(self.writer.value(f"fcmp ueq double {size}, 0x7FF0000000000000"))
