"""Calls of a program's functions: what goes along in registers, how deep they may stand inside each other.

Law: a call that ends well gives back what may still be used, and pays for that one comparison, which it needs anyway to
see whether the run goes on. What the run may use is looked at where a call ends and where a function with many steps
begins: before the next look calls stand at most as deep inside each other as they may, each with few steps.

How deep calls stand is looked at where the first of a way is made, so what calls nothing does not look.
"""

from __future__ import annotations

from lang.backend.native.hosted import Hosted
from lang.backend.native.recursion import NEXT
from lang.backend.native.shape import NUMBER, Scope, Shape
from lang.backend.native.variables import Sites
from lang.backend.native.writer import CALLS, DEPTH, ENDED, FUEL, Writer
from lang.steps import form

FEW = 1_000
"""Steps of a function that need no look of their own."""
RUN = "ptr swiftself %run"
"""The run's memory, as functions hand it on: in a register that stays as it is."""


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
        given = [f"{self.shape.kind(inner, name)} {self.read(each)}"
                 for name, each in zip(inner.procedure.parameters, step.arguments, strict=True)]  # fmt: skip
        results = [inner.results.get(each, NUMBER) for each in range(inner.procedure.results)]
        self.see()
        handed = [f"i64 {self._handed()}", *(f"i64 {writer.get(each)}" for each in self.sites.carried[1:])]
        writer.leave()
        writer.mark()
        self.called = ""
        kind = "{" + ", ".join([*["i64"] * len(handed), *results]) + "}"
        again = NEXT if inner.cycle is not None and inner.cycle == self.scope.cycle else ""
        name = f"@f{self.sites.numbers[step.function]}{again}"
        value = writer.value(f"call {kind} {name}({', '.join([RUN, *handed, *given])})")
        writer.return_to()
        back = [writer.value(f"extractvalue {kind} {value}, {index}") for index in range(len(handed) + len(results))]
        self._back(back[: len(handed)], step)
        for each in self.outer & self.known.keys():
            del self.known[each]
        for target, number in zip(step.targets, back[len(handed) :], strict=False):
            self.write(target, number)
            if step in self.scope.unread and self.kind(target) == NUMBER:
                self.look(number)

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
        self.writer.finish(tuple(self.read(each) for each in step.values))

    def look(self, value: str) -> None:
        """Stop unless a number is finite: one that nothing reads would be left out, and its overflow with it."""
        size = self.writer.value(f"call double @llvm.fabs.f64(double {value})")
        self.writer.stop_if(self.writer.value(f"fcmp ueq double {size}, 0x7FF0000000000000"))
