"""The LLVM text of a function that answers many rows, a few at a time, and what its steps ask for from around them.

Law: the function touches nothing but the rows it is given, the room for their answers and a mark for each row. A row is
marked where a value that it computed is not finite; what a group of rows cannot do together marks them all. Rows that
are marked are computed again by those who know more.

A group is as many rows as a register has lanes. Its rows lie in memory one after another (or column by column); two
columns are taken at a time, with as few moves as there can be:

    row 0: a0 b0    row 1: a1 b1      registers  a0 b0 a2 b2  and  a1 b1 a3 b3
    row 2: a2 b2    row 3: a3 b3      columns    a0 a1 a2 a3  and  b0 b1 b2 b3
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import count

from lang.backend import primitives
from lang.backend.body import COUNTABLE
from lang.backend.unit import Unavailable
from lang.backend.vectorkernel import lane_code
from lang.backend.vectorline import VECTOR, on_lanes, one_by_one, parameters, splat, vector_symbol
from lang.rules import Primitive

ROOM = 1 << 17
"""Values that a group may save on each stack of a loop."""
OF_C = {"pow": ("**", 2)}
"""Functions of the C library that the table of vector functions knows by another name."""


class LaneWriter:
    """Writes the lines of one function on lanes."""

    def __init__(self, lanes: int) -> None:
        self.lanes = lanes
        self.entry: list[str] = []
        self.lines: list[str] = []
        self.numbers = count()
        self._known: dict[str, str] = {}

    def fresh(self) -> str:
        """A new value's name."""
        return f"%v{next(self.numbers)}"

    def label(self) -> str:
        """A new block's name."""
        return f"b{next(self.numbers)}"

    def add(self, line: str) -> None:
        """A line as it is."""
        self.lines.append(line)

    def plain(self, expression: str) -> str:
        """A line with a value that is not on lanes; its name."""
        name = self.fresh()
        self.lines.append(f"{name} = {expression}")
        return name

    def value(self, expression: str) -> str:
        """A line with a value on lanes; its name."""
        return self.plain(on_lanes(expression, self.lanes))

    def once(self, expression: str) -> str:
        """The same, written once where it is asked for twice."""
        if expression not in self._known:
            self._known[expression] = self.value(expression)
        return self._known[expression]

    def forget(self) -> None:
        """What was written is not certain to have run."""
        self._known.clear()

    def slot(self, kind: str) -> str:
        """Room for a value; where it is."""
        name = self.fresh()
        self.entry.append(f"{name} = alloca {kind}")
        return name

    def cell(self, kind: str, value: str) -> str:
        """Room for a value on lanes that loops change, with what is in it at first."""
        name = self.slot(on_lanes(kind, self.lanes))
        self.put(kind, value, name)
        return name

    def put(self, kind: str, value: str, cell: str) -> None:
        """A new value for a cell."""
        self.add(on_lanes(f"store {kind} {value}, ptr {cell}", self.lanes))

    def branch(self, condition: str, label: str) -> None:
        """Go elsewhere when a condition holds; else go on."""
        on = self.label()
        self.add(f"br i1 {condition}, label %{label}, label %{on}, !prof !0")
        self.add(f"{on}:")


@dataclass
class Loop:
    """A loop that is being written: where its test stands, where it ends, and its index on lanes."""

    test: str
    end: str
    index: str


@dataclass(eq=False)
class LaneModule:
    """A function on lanes, and the functions it calls.

    Args:
        lanes: how many.
        exact: use only what has the bits of a single call.
        fuel: steps a row may take; beyond, its group is marked.
    """

    lanes: int
    exact: bool
    fuel: int
    outside: dict[str, int] = field(default_factory=dict)
    kernels: dict[str, Primitive] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    stacks: int = 0
    loops: bool = False

    def __post_init__(self) -> None:
        self.writer = LaneWriter(self.lanes)
        self._vectors: dict[str, int] = {}
        self._looked: list[str] = []
        self._sizes: list[str] = []

    # --- functions ------------------------------------------------------------------------------------------

    def vector(self, key: tuple[str, int]) -> str | None:
        """The vector function of a primitive, where it may be used and is there."""
        name = None if self.exact else vector_symbol(key, self.lanes)
        if name is not None:
            self._vectors[name] = key[1]
        return name

    def kernel(self, primitive: Primitive) -> str:
        """The name of a kernel."""
        key = (primitive.name, primitive.arity)
        symbol = primitives.kernel_symbol(key)
        name = "lanes_" + symbol.removeprefix("ad_")
        if name not in self.texts:
            read = lane_code(key, name, self.lanes)
            if read is None:
                self.kernels[symbol] = primitive
                self.texts[name] = one_by_one(name, symbol, key[1], self.lanes)
            else:
                self.texts[name] = read[0]
                self.outside.update(read[1])
        return name

    # --- what marks a row -----------------------------------------------------------------------------------

    def look(self, value: str, mask: str | None) -> None:
        """Mark lanes where a value is not finite (then value - value is not 0, and has other bits than 0)."""
        if value.startswith("%"):
            nothing = self.writer.value(f"fsub double {value}, {value}")
            self._see(self.writer.value(f"bitcast double {nothing} to i64"), mask)

    def bad(self, condition: str, mask: str | None) -> None:
        """Mark lanes where a condition holds."""
        self._see(self.writer.value(f"sext i1 {condition} to i64"), mask)

    def _see(self, bits: str, mask: str | None) -> None:
        if mask is not None:
            bits = self.writer.value(f"select i1 {mask}, i64 {bits}, i64 zeroinitializer")
        self._looked.append(bits)

    def flush(self) -> None:
        """Keep what was seen so far where loops do not lose it."""
        seen = self._looked
        if not seen:
            return
        while len(seen) > 1:
            pairs = zip(seen[::2], seen[1::2], strict=False)
            seen = [self.writer.value(f"or i64 {one}, {two}") for one, two in pairs] + seen[len(seen) & ~1 :]
        old = self.writer.value("load i64, ptr %seen")
        self.writer.put("i64", self.writer.value(f"or i64 {old}, {seen[0]}"), "%seen")
        self._looked = []

    # --- loops ----------------------------------------------------------------------------------------------

    def whole(self, value: str) -> str:
        """A bound of a range as a whole number; lanes that differ, or hold another number, mark the group."""
        if not value.startswith("%"):
            number = struct.unpack(">d", bytes.fromhex(value[2:]))[0] if value.startswith("0x") else 0.0
            if number != int(number) or abs(number) > COUNTABLE:
                raise Unavailable("a range has a bound that is not a whole number")
            return str(int(number))
        writer, lanes = self.writer, self.lanes
        kind = f"<{lanes} x double>"
        first = writer.plain(f"extractelement {kind} {value}, i64 0")
        same = writer.plain(f"shufflevector {kind} {value}, {kind} undef, <{lanes} x i32> zeroinitializer")
        differ = writer.value(f"fcmp une double {value}, {same}")
        bits = writer.plain(f"bitcast <{lanes} x i1> {differ} to i{lanes}")
        writer.branch(writer.plain(f"icmp ne i{lanes} {bits}, 0"), "odd")
        size = writer.plain(f"call double @llvm.fabs.f64(double {first})")
        writer.branch(writer.plain(f"fcmp ugt double {size}, {primitives.hexadecimal(COUNTABLE)}"), "odd")
        cut = writer.plain(f"call double @llvm.trunc.f64(double {first})")
        writer.branch(writer.plain(f"fcmp une double {cut}, {first}"), "odd")
        return writer.plain(f"fptosi double {first} to i64")

    def loop(self, start: str, stop: str, stride: str, steps: int) -> Loop:
        """Begin a loop whose turns take so many steps."""
        writer, self.loops = self.writer, True
        index, test, turn, end = writer.slot("i64"), writer.label(), writer.label(), writer.label()
        writer.branch(writer.plain(f"icmp eq i64 {stride}, 0"), "odd")
        writer.add(f"store i64 {start}, ptr {index}")
        up = writer.plain(f"icmp sgt i64 {stride}, 0")
        writer.add(f"br label %{test}")
        writer.add(f"{test}:")
        here = writer.plain(f"load i64, ptr {index}")
        under, over = (writer.plain(f"icmp {word} i64 {here}, {stop}") for word in ("slt", "sgt"))
        writer.add(f"br i1 {writer.plain(f'select i1 {up}, i1 {under}, i1 {over}')}, label %{turn}, label %{end}")
        writer.add(f"{turn}:")
        left = writer.plain(f"sub i64 {writer.plain('load i64, ptr %fuel')}, {max(1, steps)}")
        writer.add(f"store i64 {left}, ptr %fuel")
        writer.branch(writer.plain(f"icmp slt i64 {left}, 0"), "odd")
        writer.branch(writer.plain(f"icmp ne i64 {writer.plain('load volatile i64, ptr %stop')}, 0"), "end")
        writer.add(f"store i64 {writer.plain(f'add i64 {here}, {stride}')}, ptr {index}")
        return Loop(test, end, self._everywhere(writer.plain(f"sitofp i64 {here} to double")))

    def _everywhere(self, number: str) -> str:
        kind = f"<{self.lanes} x double>"
        one = self.writer.plain(f"insertelement {kind} undef, double {number}, i64 0")
        return self.writer.plain(f"shufflevector {kind} {one}, {kind} undef, <{self.lanes} x i32> zeroinitializer")

    def end(self, loop: Loop) -> None:
        """End a loop."""
        self.writer.add(f"br label %{loop.test}")
        self.writer.add(f"{loop.end}:")

    # --- what loops save ------------------------------------------------------------------------------------

    def stack(self, index: int) -> tuple[int, str]:
        """A stack in the run's memory: its number, and where its size is kept."""
        self._sizes.append(self.writer.slot("i64"))
        return index, self._sizes[-1]

    def push(self, stack: tuple[int, str], value: str) -> None:
        """Save a value; too many mark the group."""
        writer = self.writer
        size = writer.plain(f"load i64, ptr {stack[1]}")
        writer.branch(writer.plain(f"icmp sge i64 {size}, {ROOM}"), "odd")
        writer.add(on_lanes(f"store double {value}, ptr {self._top(stack, size)}, align 8", self.lanes))
        writer.add(f"store i64 {writer.plain(f'add i64 {size}, 1')}, ptr {stack[1]}")

    def pop(self, stack: tuple[int, str]) -> str:
        """Take back what was saved last."""
        writer = self.writer
        size = writer.plain(f"load i64, ptr {stack[1]}")
        writer.branch(writer.plain(f"icmp sle i64 {size}, 0"), "odd")
        less = writer.plain(f"sub i64 {size}, 1")
        writer.add(f"store i64 {less}, ptr {stack[1]}")
        return writer.value(f"load double, ptr {self._top(stack, less)}, align 8")

    def _top(self, stack: tuple[int, str], index: str) -> str:
        place = self.writer.plain(f"add i64 {index}, {stack[0] * ROOM}")
        return self.writer.plain(f"getelementptr <{self.lanes} x double>, ptr %scratch, i64 {place}")

    # --- the text -------------------------------------------------------------------------------------------

    def text(self, begin: list[str], finish: list[str]) -> str:
        """The module: what stands before the steps of a group (loads), the steps, what stands after (stores)."""
        lanes = self.lanes
        many = f"<{lanes} x i64>"
        each = [f"store i64 0, ptr {size}" for size in self._sizes]
        body = [
            "entry:", "%at = alloca i64", "%total = alloca i64", f"%seen = alloca {many}", "%fuel = alloca i64",
            *self.writer.entry, "store i64 0, ptr %at", "store i64 0, ptr %total", "br label %head",
            "head:", "%i = load i64, ptr %at", "%more = icmp slt i64 %i, %count",
            "br i1 %more, label %group, label %end",
            "group:", f"store {many} zeroinitializer, ptr %seen", f"store i64 {self.fuel}, ptr %fuel", *each,
            *begin, *self.writer.lines, *finish,
            f"%marks = load {many}, ptr %seen", f"%wrong = icmp ne {many} %marks, zeroinitializer",
            f"%bits = bitcast <{lanes} x i1> %wrong to i{lanes}", f"%some = icmp ne i{lanes} %bits, 0",
            "br i1 %some, label %mark, label %next, !prof !0",
            "odd:", "br label %mark",
            "mark:", f"%which = phi <{lanes} x i1> [ {splat('i1', 'true', lanes)}, %odd ], [ %wrong, %LAST ]",
            f"%bytes = zext <{lanes} x i1> %which to <{lanes} x i8>",
            "%place = getelementptr i8, ptr %bad, i64 %i", f"store <{lanes} x i8> %bytes, ptr %place, align 1",
            f"%several = bitcast <{lanes} x i1> %which to i{lanes}",
            f"%ones = call i{lanes} @llvm.ctpop.i{lanes}(i{lanes} %several)", f"%found = zext i{lanes} %ones to i64",
            "%sum = load i64, ptr %total", "%new = add i64 %sum, %found", "store i64 %new, ptr %total",
            "br label %next",
            "next:", f"%on = add i64 %i, {lanes}", "store i64 %on, ptr %at", "br label %head",
            "end:", "%result = load i64, ptr %total", "ret i64 %result",
        ]  # fmt: skip
        last = next(line[:-1] for line in reversed(body[: body.index("odd:")]) if line.endswith(":"))
        text = "\n".join(line if line.endswith(":") else "  " + line for line in body).replace("%LAST", f"%{last}")
        head = "ptr %in, i64 %step, ptr %values, ptr %slopes, ptr %bad, i64 %count, ptr %stop, ptr %scratch"
        main = f"define i64 @ad_lanes({head}) nounwind {{\n{text}\n}}"
        return "\n\n".join([*self._declared(), *self.texts.values(), main, '!0 = !{!"branch_weights", i32 1, i32 1000000}'])

    def _declared(self) -> list[str]:
        """What is called outside, and functions on lanes where there is none outside."""
        kind, free = f"<{self.lanes} x double>", "nounwind willreturn memory(none)"
        lines = [
            f"declare i{self.lanes} @llvm.ctpop.i{self.lanes}(i{self.lanes})",
            "declare double @llvm.fabs.f64(double)", "declare double @llvm.trunc.f64(double)",
        ]  # fmt: skip
        wrapped, scalar = [], dict[str, int]()
        for name, arguments in self.outside.items():
            if name.startswith("llvm."):
                called, given = name.removesuffix(".f64") + f".v{self.lanes}f64", ", ".join([kind] * arguments)
                lines.append(f"declare {kind} @{called}({given})")
                continue
            word = name.removeprefix("ad_")
            vector = self.vector(OF_C.get(word, (word, arguments)))
            if vector is None:
                scalar[name] = arguments
                wrapped.append(one_by_one(f"lanes_{word}", name, arguments, self.lanes))
            else:
                given = ", ".join(f"{kind} %a{index}" for index in range(arguments))
                wrapped.append(f"define internal {kind} @lanes_{word}({parameters(arguments, self.lanes)}) alwaysinline "
                               f"nounwind {{\n  %v = call {kind} @{vector}({given})\n  ret {kind} %v\n}}")  # fmt: skip
        scalar.update({name: each.arity for name, each in self.kernels.items()})
        for name, arguments in scalar.items():
            lines.append(f"declare double @{name}({', '.join(['double'] * arguments)}) {free}")
        for name, arguments in self._vectors.items():
            lines.append(f"declare {kind} @{name}({', '.join([kind] * arguments)}) {free}")
        return ["\n".join(lines), *wrapped]


__all__ = ["VECTOR", "LaneModule", "LaneWriter", "Loop"]
