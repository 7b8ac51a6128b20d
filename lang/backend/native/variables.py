"""Where the names of one scope live in its LLVM function.

Law: a value that only one straight run of steps uses is a value of LLVM; a name that outlives it is a variable (which
LLVM's first pass makes a value again), a word of memory where a scope is cut and several pieces use it (`layout`), or a
word of the run's memory where functions read it.

A piece fetches such words where it begins and puts them back where it ends; those that pieces inside it use, too, it
uses where they lie.
"""

from __future__ import annotations

from dataclasses import dataclass

from lang.backend.native import primitives
from lang.backend.native.layout import Layout, Piece, flag
from lang.backend.native.module import Module
from lang.backend.native.shape import BOOLEAN, NUMBER, Scope, Shape
from lang.backend.native.writer import DONE, STATUS, Writer
from lang.rules import Primitive
from lang.source import Source, Span
from lang.steps import form


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


class Variables:
    """The names of one scope, or of one piece of it.

    Attributes:
        piece: the piece; None for the first function.
        memory: the words of names that several pieces use.
    """

    def __init__(self, shape: Shape, scope: Scope, writer: Writer, sites: Sites) -> None:
        self.shape = shape
        self.scope = scope
        self.writer = writer
        self.sites = sites
        self.main = scope is shape.main
        self.memory = "%frame" if self.main else "%room"
        self.steps: form.Block = []
        self.piece: Piece = None
        self.known: dict[str, str] = {}
        self.variables: dict[str, str] = {}
        self.places: dict[str, str] = {}
        self.written: set[str] = set()

    # --- names ----------------------------------------------------------------------------------------------

    def kind(self, name: str) -> str:
        """The kind of a name; of a flag, a boolean's."""
        return BOOLEAN if name[:1] == "\0" else self.shape.kind(self.scope, name)

    def kind_of(self, operand: form.Operand) -> str:
        """The kind of an operand."""
        if isinstance(operand, str):
            return self.kind(operand)
        return BOOLEAN if isinstance(operand, bool) else NUMBER

    def enter(self, layout: Layout, piece: Piece = None) -> None:
        """Settle where names live.

        Args:
            piece: the piece that this function is.
        """
        self.layout, self.piece = layout, piece
        self.words, self.flags, self.crossing, self.outer = layout.words, layout.flags, layout.crossing, layout.outer
        self.steps = layout.steps if piece is None else piece.otherwise
        if piece is not None:
            return
        for name, index in self.words.items():
            if name[:1] == "\0":
                self.writer.add(f"store i1 false, ptr {self._slot(index)}")
        if not self.main:
            self._enter_function()
            return
        self.writer.add(f"store i64 {DONE}, ptr {self._word(STATUS)}")
        for name, index in self.sites.places.items():
            if name in self.flags:
                self.writer.add(f"store i64 0, ptr {self._word(index + 1)}")

    def _enter_function(self) -> None:
        for name in self.scope.procedure.reads:
            if name in self.outer:
                continue
            index = self.sites.places[name]
            kind = self.kind(name)
            value = self.writer.value(f"load {kind}, ptr {self._word(index)}")
            self.writer.add(f"store {kind} {value}, ptr {self.variable(name)}")
            if name not in self.shape.given:
                there = self.writer.value(f"load i1, ptr {self._word(index + 1)}")
                self.writer.add(f"store i1 {there}, ptr {self.variable(flag(name))}")

    def _word(self, index: int) -> str:
        return self.writer.value(f"getelementptr i64, ptr %run, i64 {index}")

    def _slot(self, index: int) -> str:
        return self.writer.value(f"getelementptr double, ptr {self.memory}, i64 {index}")

    def variable(self, name: str) -> str:
        """The address of a name's variable."""
        if name not in self.variables:
            shared = name.lstrip("\0") in self.sites.places and (self.main or name in self.outer)
            address = self.writer.fresh()
            entry = self.writer.entry
            if shared:
                index = self.sites.places[name.lstrip("\0")] + (name[:1] == "\0")
                entry.append(f"  {address} = getelementptr i64, ptr %run, i64 {index}")
            elif name in self.words and (self.layout.direct or self.layout.inside(name, self.piece)):
                entry.append(f"  {address} = getelementptr double, ptr {self.memory}, i64 {self.words[name]}")
            elif name in self.words:
                slot, value = self.writer.fresh(), self.writer.fresh()
                kind = self.kind(name)
                entry.append(f"  {slot} = getelementptr double, ptr {self.memory}, i64 {self.words[name]}")
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

    def put_back(self) -> None:
        """Put back what other pieces may read."""
        for name in sorted(self.written & self.places.keys()):
            kind = self.kind(name)
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
        if name in self.crossing:
            self.written.add(name)
            self.writer.add(f"store {self.kind(name)} {value}, ptr {self.variable(name)}")
        if name in self.flags:
            self.write_flag(name)

    def write_flag(self, name: str) -> None:
        """Note that a name has a value."""
        self.written.add(flag(name))
        self.writer.add(f"store i1 true, ptr {self.variable(flag(name))}")

    def require(self, name: str) -> None:
        """Stop unless a name has a value."""
        if name in self.flags:
            there = self.writer.value(f"load i1, ptr {self.variable(flag(name))}")
            self.writer.stop_if(self.writer.value(f"xor i1 {there}, true"))

    @property
    def ended(self) -> bool:
        """Does the last line leave?"""
        return bool(self.writer.lines) and self.writer.lines[-1].startswith(("  ret ", "  br "))
