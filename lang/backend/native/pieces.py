"""Pieces of a scope -> functions of the machine, and their calls.

Law: a piece is called where its steps stood, and nothing else can be seen. A piece of the program gives a status; one
of a function is handed what functions hand each other, and gives it back (`calls`). In which the function ends, gives
what the function gives.
"""

from __future__ import annotations

from lang.backend.native.calls import RESULTS, RUN
from lang.backend.native.parts import Parts
from lang.backend.native.writer import FUEL, WHOLE, Writer
from lang.steps import form
from lang.steps.drive import Walk


class Pieces(Parts):
    """The pieces of one scope, or in one piece of it."""

    def block(self, steps: form.Block) -> Walk:
        """The walk that writes a block."""
        raise NotImplementedError

    def piece_of(self, step: form.If) -> Walk:
        """The walk that writes a piece, and its call."""
        pieces, ends = self.sites.module.pieces, self.scope.pieces[step]
        name = f"@piece{len(pieces)}"
        pieces.append("")
        writer = self._writer(name, ends)
        inner = type(self)(self.shape, self.scope, writer, self.sites)
        inner.ahead = self.ahead
        inner.enter(self.layout, step)
        yield inner.block(step.otherwise)
        if not ends:
            inner.put_back()
            writer.finish()
        elif not inner.ended:
            writer.stop()
        pieces[int(name[6:])] = writer.text()
        self.see()
        self._call_piece(name, step, ends)

    def _writer(self, name: str, ends: bool) -> Writer:
        attributes = "noinline nounwind"
        if self.main:
            return Writer(f"define internal TYPE {name}({WHOLE})", (), attributes)
        results = [f"ptr {RESULTS}"] if self.scope.wide else []
        given = ", ".join([RUN, *(f"i64 %c{index}" for index in self.sites.carried), f"ptr {self.memory}", *results])
        return Writer(f"define internal TYPE {name}({given})", self._kinds(ends), attributes, self.sites.carried)

    def _kinds(self, ends: bool) -> tuple[str, ...]:
        return self.scope.returned if ends and not self.scope.wide else ()

    def _call_piece(self, name: str, step: form.If, ends: bool) -> None:
        writer = self.writer
        handed = [] if self.main else [f"i64 {writer.get(each)}" for each in self.sites.carried]
        writer.leave()
        writer.mark()
        self.called = ""
        if self.main:
            writer.fail(writer.value(f"call i32 {name}({WHOLE})"))
            writer.return_to()
            return
        kind = "{" + ", ".join([*["i64"] * len(handed), *self._kinds(ends)]) + "}"
        given = [RUN, *handed, f"ptr {self.memory}", *([f"ptr {RESULTS}"] if self.scope.wide else [])]
        value = writer.value(f"call {kind} {name}({', '.join(given)})")
        if ends:
            writer.add(f"ret {kind} {value}")
            return
        writer.return_to()
        for place, index in enumerate(self.sites.carried):
            writer.set(index, writer.value(f"extractvalue {kind} {value}, {place}"))
        self.watch(step.span, writer.get(FUEL))
