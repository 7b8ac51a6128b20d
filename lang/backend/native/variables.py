"""Where the names of one scope live in its LLVM function.

Law: a value that only one straight run of steps uses is a value of LLVM; a name that outlives it is a variable (which
LLVM's first pass makes a value again), a word of the frame where a long program is cut, or a word of the run's memory
where functions read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lang.backend.native import primitives
from lang.backend.native.module import Module
from lang.backend.native.shape import BOOLEAN, NUMBER, Scope, Shape
from lang.backend.native.writer import DONE, STATUS, Writer
from lang.rules import Primitive
from lang.source import Source, Span
from lang.steps import form
from lang.steps.walk import all_steps, assigned, blocks_of, conditions_of, reads_of, targets_of

STRUCTURED = (form.If, form.While, form.For)


@dataclass(eq=False)
class Sites:
    """What all functions of a module share: where stacks and shared names lie, what they ask for from outside, and how
    they call each other: their numbers, and what of the run's memory goes along in registers.
    """

    stacks: dict[int, int]
    places: dict[str, int]
    ieee: bool
    kernels: dict[str, Primitive]
    outside: dict[str, int]
    stops: list[tuple[Span, Source]]
    counts: bool
    texts: dict[str, str]
    joints: set[str]
    joint: frozenset[str]
    numbers: dict[str, int]
    carried: tuple[int, ...]
    module: Module

    def stop(self, span: Span, source: Source) -> int:
        """The number of a place where a run may be stopped."""
        self.stops.append((span, source))
        return len(self.stops) - 1


def exposed(steps: form.Block) -> set[str]:
    """The names whose values outlive a straight run of steps: those that some run reads before it gives them any."""
    found: set[str] = set()
    pending = [steps]
    while pending:
        seen: set[str] = set()
        for step in pending.pop():
            found.update(each for each in reads_of(step) if isinstance(each, str) and each not in seen)
            if isinstance(step, STRUCTURED):
                seen = set()
                found.update(each for each in conditions_of(step) if isinstance(each, str))
                found.update(targets_of(step))
                pending.extend(blocks_of(step))
            seen.update(targets_of(step))
    return found


class Variables:
    """The names of one scope, or of one piece of a long program.

    Attributes:
        outer: names of the program that this function fetches anew after each call: to keep them costs as much.
    """

    def __init__(self, shape: Shape, scope: Scope, writer: Writer, sites: Sites) -> None:
        self.shape = shape
        self.scope = scope
        self.writer = writer
        self.sites = sites
        self.main = scope is shape.main
        self.steps: form.Block = []
        self.results: tuple[str, ...] = ()
        self.known: dict[str, str] = {}
        self.variables: dict[str, str] = {}
        self.places: dict[str, str] = {}
        self.frame: dict[str, int] = {}
        self.written: set[str] = set()
        self.flags: set[str] = set()
        self.crossing: set[str] = set()
        self.outer: set[str] = set()
        self.direct = False

    # --- names ----------------------------------------------------------------------------------------------

    @staticmethod
    def flag(name: str) -> str:
        """The name of the boolean that tells whether a name has a value."""
        return "\0" + name

    @staticmethod
    def names_in(steps: form.Block) -> Iterator[str]:
        """Every name that steps read or give a value."""
        for step in all_steps(steps):
            yield from targets_of(step)
            for each in (*reads_of(step), *conditions_of(step)):
                if isinstance(each, str):
                    yield each

    @staticmethod
    def flagged(scope: Scope, steps: form.Block, results: Iterable[str]) -> set[str]:
        """Names of which it is not certain, before the run, that they have a value when they are used."""
        required = {step.name for step in all_steps(steps) if isinstance(step, form.Require)
                    and step not in scope.settled}  # fmt: skip
        return required | (set(results) - scope.certain)

    def kind(self, name: str) -> str:
        """The kind of a name; of a flag, a boolean's."""
        return BOOLEAN if name[:1] == "\0" else self.shape.kind(self.scope, name)

    def kind_of(self, operand: form.Operand) -> str:
        """The kind of an operand."""
        if isinstance(operand, str):
            return self.kind(operand)
        return BOOLEAN if isinstance(operand, bool) else NUMBER

    def enter(
        self,
        steps: form.Block,
        frame: dict[str, int] | None = None,
        flagged: set[str] | None = None,
        results: tuple[str, ...] = (),
        first: bool = False,
    ) -> None:
        """Settle where names live.

        Args:
            steps: the steps of this function.
            frame: where names that other pieces use lie in the frame.
            flagged: names of which other pieces of the program keep a flag.
            results: names that are read after the steps.
            first: is this the function that calls the pieces?
        """
        self.steps, self.results, self.frame = steps, results, frame or {}
        self.direct = first or not any(isinstance(step, STRUCTURED) for step in steps)
        self.flags = self.flagged(self.scope, steps, results) if flagged is None else set(flagged)
        self.flags |= self.sites.places.keys() - self.shape.given
        self.crossing = {*results, *self.flags, *self.sites.places, *exposed(steps)}
        if self.main and (frame is None or first):
            self.writer.add(f"store i64 {DONE}, ptr {self._word(STATUS)}")
            for name, index in self.sites.places.items():
                if name in self.flags:
                    self.writer.add(f"store i64 0, ptr {self._word(index + 1)}")
            for name, index in self.frame.items():
                if name[:1] == "\0":
                    self.writer.add(f"store i1 false, ptr {self._slot(index)}")
        if not self.main:
            self._enter_function()

    def _enter_function(self) -> None:
        own = {*self.scope.procedure.parameters, *assigned(self.scope.body)}
        self.outer = set() if self.scope.looping else {*self.scope.procedure.reads} & self.shape.given - own
        for name in self.scope.procedure.reads:
            if name in self.outer:
                continue
            index = self.sites.places[name]
            kind = self.kind(name)
            value = self.writer.value(f"load {kind}, ptr {self._word(index)}")
            self.writer.add(f"store {kind} {value}, ptr {self.variable(name)}")
            if name not in self.shape.given:
                there = self.writer.value(f"load i1, ptr {self._word(index + 1)}")
                self.writer.add(f"store i1 {there}, ptr {self.variable(self.flag(name))}")

    def _word(self, index: int) -> str:
        return self.writer.value(f"getelementptr i64, ptr %run, i64 {index}")

    def _slot(self, index: int) -> str:
        return self.writer.value(f"getelementptr double, ptr %frame, i64 {index}")

    def variable(self, name: str) -> str:
        """The address of a name's variable."""
        if name not in self.variables:
            shared = name.lstrip("\0") in self.sites.places and (self.main or name in self.outer)
            address = self.writer.fresh()
            entry = self.writer.entry
            if shared:
                index = self.sites.places[name.lstrip("\0")] + (name[:1] == "\0")
                entry.append(f"  {address} = getelementptr i64, ptr %run, i64 {index}")
            elif name in self.frame and self.direct:
                entry.append(f"  {address} = getelementptr double, ptr %frame, i64 {self.frame[name]}")
            elif name in self.frame:
                slot, value = self.writer.fresh(), self.writer.fresh()
                kind = self.kind(name)
                entry.append(f"  {slot} = getelementptr double, ptr %frame, i64 {self.frame[name]}")
                entry.append(f"  {address} = alloca {kind}")
                entry.append(f"  {value} = load {kind}, ptr {slot}")
                entry.append(f"  store {kind} {value}, ptr {address}")
                self.places[name] = slot
            else:
                self.writer.entry.append(f"  {address} = alloca {self.kind(name)}")
                if name[:1] == "\0":
                    self.writer.entry.append(f"  store i1 false, ptr {address}")
            self.variables[name] = address
        return self.variables[name]

    def store_frame(self) -> None:
        """Put back what the other pieces may read."""
        for name in sorted(self.written & self.frame.keys()):
            kind = self.kind(name)
            if self.direct:
                self.writer.add(f"store {kind} {self.known[name]}, ptr {self.variable(name)}")
            else:
                value = self.writer.value(f"load {kind}, ptr {self.variable(name)}")
                self.writer.add(f"store {kind} {value}, ptr {self.places[name]}")

    def read(self, operand: form.Operand) -> str:
        """The value of an operand."""
        if not isinstance(operand, str):
            if isinstance(operand, bool):
                return "true" if operand else "false"
            return primitives.hexadecimal(operand)
        if operand not in self.known:
            self.known[operand] = self.writer.value(f"load {self.kind(operand)}, ptr {self.variable(operand)}")
        return self.known[operand]

    def write(self, name: str, value: str) -> None:
        """Give a name a value."""
        self.known[name] = value
        if name in self.frame and self.direct and name not in self.sites.places:
            self.written.add(name)
        elif name in self.crossing or name in self.frame:
            self.written.add(name)
            self.writer.add(f"store {self.kind(name)} {value}, ptr {self.variable(name)}")
        if name in self.flags:
            self.write_flag(name)

    def write_flag(self, name: str) -> None:
        """Note that a name has a value."""
        flag = self.flag(name)
        if flag not in self.frame or not self.direct:
            self.written.add(flag)
        self.writer.add(f"store i1 true, ptr {self.variable(flag)}")

    def require(self, name: str) -> None:
        """Stop unless a name has a value."""
        if name in self.flags:
            there = self.writer.value(f"load i1, ptr {self.variable(self.flag(name))}")
            self.writer.stop_if(self.writer.value(f"xor i1 {there}, true"))

    @property
    def ended(self) -> bool:
        """Does the last line leave?"""
        return bool(self.writer.lines) and self.writer.lines[-1].startswith(("  ret ", "  br "))
