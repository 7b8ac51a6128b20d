"""A kernel, written in Python -> an LLVM function on lanes that does the same operations in the same order.

Law: each lane has the bits of the kernel. Where a kernel chooses, every side that some lane takes is computed, and each
lane keeps its own (if-conversion): a kernel raises nothing on any path, so nothing can go wrong on a side not taken.

    if a < 0:  return f(a)        live = all lanes;  m = a < 0;  result = f(a);  live = not m
    return g(a)                   result = select(live, g(a), result)
"""

from __future__ import annotations

import ast
from functools import cache
from typing import Any

from lang.backend.native.kernelcode import read
from lang.backend.native.kernelparts import NotPlain
from lang.backend.native.kernelreader import Body, Reader
from lang.backend.rows.line import ALIGNED, on_lanes, parameters


@cache
def lane_code(key: tuple[str, int], name: str, lanes: int) -> tuple[str, frozenset[tuple[str, int]]] | None:
    """The LLVM text of a kernel on lanes, and what it calls outside; None where the kernel is not plain."""
    return read(_LaneReader(name, lanes), key, name)


class _LaneReader(Reader):
    """Reads one kernel and the functions it calls."""

    def __init__(self, prefix: str, lanes: int) -> None:
        super().__init__(prefix)
        self.lanes = lanes

    def body(self, scope: dict[str, Any], parameters: list[str]) -> _LaneBody:
        """What reads the statements of a function."""
        return _LaneBody(self, scope, parameters)

    def short(self, text: str) -> str:
        """A text that stands ready, on lanes."""
        return "\n".join(on_lanes(each, self.lanes) for each in text.split("\n"))


class _LaneBody(Body):
    """Reads the statements of one function; `mask` says which lanes are in the branch being read, None for all."""

    def __init__(self, reader: _LaneReader, scope: dict[str, Any], parameters: list[str]) -> None:
        self.width = reader.lanes
        self.mask: str | None = None
        super().__init__(reader, scope, parameters)
        self.raw(self.entry, "%live = alloca i1")
        self.raw(self.lines, "store i1 true, ptr %live")

    def raw(self, where: list[str], line: str) -> None:
        """A line without a value."""
        where.append(on_lanes(line, self.width))

    def value(self, expression: str) -> str:
        """A line with a value; its name."""
        return super().value(on_lanes(expression, self.width))

    def text(self, name: str) -> str:
        """The whole function."""
        kind = on_lanes(self.type, self.width)
        whole = self.value("load double, ptr %result0") if self.results == 1 else "undef"
        for index in range(self.results if self.results > 1 else 0):
            each = self.value(f"load double, ptr %result{index}")
            whole = self.value(f"insertvalue {self.type} {whole}, double {each}, {index}")
        lines = "\n".join("  " + line for line in [*self.entry, *self.lines])
        head = parameters(len(self.parameters), self.width)
        return f"define internal {kind} @{name}({head}) nounwind {ALIGNED} {{\n{lines}\n  ret {kind} {whole}\n}}"

    def store(self, name: str, value: str) -> None:
        """Give a name a value in the lanes that are here."""
        if name not in self.variables:
            self.variables[name] = f"%n{len(self.variables)}"
            self.raw(self.entry, f"{self.variables[name]} = alloca double")
            self.raw(self.entry, f"store double 0.0, ptr {self.variables[name]}")
        elif self.mask is not None:
            old = self.value(f"load double, ptr {self.variables[name]}")
            value = self.value(f"select i1 {self.mask}, double {value}, double {old}")
        self.raw(self.lines, f"store double {value}, ptr {self.variables[name]}")

    def _return(self, value: ast.expr) -> None:
        parts = value.elts if isinstance(value, ast.Tuple) else [value]
        if self.results not in (0, len(parts)):
            raise NotPlain
        given = [self.number(each) for each in parts]
        here = self.value("load i1, ptr %live")
        if self.mask is not None:
            here = self.value(f"and i1 {here}, {self.mask}")
        for index, each in enumerate(given):
            if not self.results:
                self.raw(self.entry, f"%result{index} = alloca double")
                self.raw(self.entry, f"store double 0.0, ptr %result{index}")
            old = self.value(f"load double, ptr %result{index}")
            new = self.value(f"select i1 {here}, double {each}, double {old}")
            self.raw(self.lines, f"store double {new}, ptr %result{index}")
        self.results = len(parts)
        left = self.value("load i1, ptr %live")
        gone = self.value(f"xor i1 {here}, true")
        self.raw(self.lines, f"store i1 {self.value(f'and i1 {left}, {gone}')}, ptr %live")

    def _if(self, test: ast.expr, then: list[ast.stmt], other: list[ast.stmt]) -> None:
        outer, truth = self.mask, self.truth(test)
        for body, wanted in ((then, truth), (other, self.value(f"xor i1 {truth}, true"))):
            if body:
                self.mask = wanted if outer is None else self.value(f"and i1 {outer}, {wanted}")
                self._side(body)
        self.mask = outer

    def _side(self, body: list[ast.stmt]) -> None:
        """One side of a choice; where it calls functions, only if some lane takes it."""
        if not any(isinstance(node, ast.Call) for each in body for node in ast.walk(each)):
            self.statements(body)
            return
        taken, end = (f"{word}{next(self.numbers)}" for word in ("taken", "end"))
        mask = self.mask if self.mask is not None else "true"
        bits = self.value(f"bitcast i1 {mask} to i{self.width}")
        self.lines.append(f"%any{taken} = icmp ne i{self.width} {bits}, 0")
        self.lines.append(f"br i1 %any{taken}, label %{taken}, label %{end}")
        self.lines.append(f"{taken}:")
        self.statements(body)
        self.lines.append(f"br label %{end}")
        self.lines.append(f"{end}:")
