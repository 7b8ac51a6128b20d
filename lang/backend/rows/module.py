"""What the steps on lanes ask for from around them: functions, marks, loops, memory that loops save in.

Law: the function touches nothing but the rows it is given, the room for their answers and a mark for each row. A row is
marked where a value that it computed is not finite; what a group of rows cannot do together marks them all. Rows that
are marked are computed again by those who know more. A group is as many rows as a register has lanes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from lang.backend.native import primitives
from lang.backend.native.body import COUNTABLE
from lang.backend.rows.kernel import lane_code
from lang.backend.rows.line import on_lanes, one_by_one, vector_symbol
from lang.backend.rows.writer import LaneWriter, call
from lang.backend.unit import Unavailable
from lang.rules import Primitive

ROOM = 1 << 17
"""Values that a group may save on each stack of a loop."""


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

    Attributes:
        stacks: how many stacks loops save on.
        loops: are there loops?
        certain: is a row marked only where a value in it is not finite?
    """

    lanes: int
    exact: bool
    fuel: int
    outside: dict[str, int] = field(default_factory=dict)
    kernels: dict[str, Primitive] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    stacks: int = 0
    loops: bool = False
    certain: bool = True

    def __post_init__(self) -> None:
        self.writer = LaneWriter(self.lanes)
        self.vectors: dict[str, int] = {}
        self._looked: str | None = None
        self.sizes: list[str] = []

    # --- functions ------------------------------------------------------------------------------------------

    def vector(self, key: tuple[str, int]) -> str | None:
        """The vector function of a primitive, where it may be used and is there."""
        name = None if self.exact else vector_symbol(key, self.lanes)
        if name is not None:
            self.vectors[name] = key[1]
        return name

    def called(self, key: tuple[str, int], arguments: list[str]) -> str | None:
        """The value of a primitive by its vector function; None where there is none."""
        vector = self.vector(key)
        return None if vector is None else self.writer.value(call(vector, arguments))

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
        self.certain = False
        self._see(self.writer.value(f"sext i1 {condition} to i64"), mask)

    def _see(self, bits: str, mask: str | None) -> None:
        if mask is not None:
            bits = self.writer.value(f"select i1 {mask}, i64 {bits}, i64 zeroinitializer")
        # at once: what waits for the end would be put aside at each call on the way
        self._looked = bits if self._looked is None else self.writer.value(f"or i64 {self._looked}, {bits}")

    def flush(self) -> None:
        """Keep what was seen so far where loops do not lose it."""
        if self._looked is not None:
            old = self.writer.value("load i64, ptr %seen")
            self.writer.put("i64", self.writer.value(f"or i64 {old}, {self._looked}"), "%seen")
            self._looked = None

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
        writer, self.loops, self.certain = self.writer, True, False
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
        self.sizes.append(self.writer.slot("i64"))
        return index, self.sizes[-1]

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
