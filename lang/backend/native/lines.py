"""A straight unit -> LLVM text that is machine code within milliseconds.

Law: one operation, one line, in order. LLVM turns the lines into machine code as they stand (level 0), in a time that
grows as their number. There is no branch between operations: whether every one had a value is read off the processor's
flags at the end.

A call changes all registers, so a value that is used after one waits in memory. LLVM's own way of seeing to that, at
this level, stores what memory holds already; here each value is stored once, where it is computed, and fetched in each
stretch between calls that uses it. Values have no names: LLVM numbers the lines that give one, and so does
`_Lines.number`.
"""

from __future__ import annotations

from collections.abc import Sequence

from lang.backend.native import kernelcode
from lang.backend.native.around import around
from lang.backend.native.module import FRAME, Module
from lang.backend.native.primitives import COMPARISONS, JOINT, Template, declared, kernel_symbol, template
from lang.backend.native.straight import NOT, Key, Straight, Value, readers, stretches
from lang.backend.native.writer import DONE, STACKS, WHOLE
from lang.backend.unit import COMPILING
from lang.clock import watched
from lang.rules import table

BLOCK = 1_000
"""Operations between two labels, where nothing is left in registers: LLVM goes through blocks one by one."""

CONDITIONS: dict[Key, Template] = {
    **{(f"{each} number", 2): Template(f"fcmp {word} double %s, %s", (0, 1), 1) for each, word in COMPARISONS.items()},
    ("== boolean", 2): Template("icmp eq i1 %s, %s", (0, 1), 1),
    ("!= boolean", 2): Template("icmp ne i1 %s, %s", (0, 1), 1),
    NOT: Template("xor i1 %s, true", (0,), 1),
}
PLAIN = [tuple(range(count)) for count in range(9)]
"""Operands in their own order."""

ODD_IF = """\
define internal void @ad_odd_if(i1 %odd) noinline nounwind {
  br i1 %odd, label %raise, label %end
raise:
  %zero = alloca double
  store volatile double 0.0, ptr %zero
  %top = load volatile double, ptr %zero
  %raised = fdiv double %top, %top
  store volatile double %raised, ptr %zero
  br label %end
end:
  ret void
}"""
"""Leaves the run to the interpreter: raises a flag, as an operation without a value does."""

ODD_UNLESS = """\
define internal double @ad_odd_unless_finite(double %value) noinline nounwind {
  %rest = fsub double %value, %value
  %odd = fcmp uno double %rest, %rest
  call void @ad_odd_if(i1 %odd)
  ret double %value
}"""

ODD = (ODD_IF, ODD_UNLESS)

Rooms = Sequence[tuple[str, int]]
"""Places in memory: the name of a pointer, and how many numbers behind it."""


def write(found: Straight, ieee: bool) -> Module:
    """The module of a straight unit."""
    unit = found.unit
    module = Module(unit, ieee, tuple(each in found.booleans or each in ("true", "false") for each in found.results))
    module.words, module.operations = STACKS, len(unit.steps)
    module.text = around(module, [*ODD, scalar(module, found, "ad_main")])
    return module


def scalar(module: Module, found: Straight, name: str) -> str:
    """The function of a straight unit, for a module that has `ODD`; `module.frame` is then what it needs."""
    lines = _Lines(module, found)
    module.frame = 0 if lines.local else lines.stretches.size
    return lines.text(f"define internal i32 @{name}({WHOLE}) noinline nounwind")


def part(module: Module, found: Straight, head: str, given: Rooms, results: Rooms) -> str:
    """The function of a straight part of a unit, for a module that has `ODD`. LLVM leaves it as it stands.

    Args:
        head: its `define` line without attributes.
        given, results: where its inputs are, and where its results go.
    """
    return _Lines(module, found, given, results).text(f"{head} noinline nounwind optnone")


class _Lines:
    """Writes the operations of one unit.

    Args:
        given, results: where inputs are and results go; without them, in the order of the unit.

    Attributes:
        known: the names in LLVM of the values that are in registers.
        fixed: inputs of a part that nothing is stored over; they are fetched from where they are.
        passing: inputs that are results. They are fetched before results are stored, which may go to the same place.
        number: the number of the next value.
    """

    def __init__(self, module: Module, found: Straight, given: Rooms = (), results: Rooms = ()) -> None:
        self.module = module
        self.found = found
        self.given = given or [("in", index) for index in range(len(found.unit.inputs))]
        self.results = results or [("out", index) for index in range(len(found.results))]
        self.templates: dict[Key, Template] = dict(CONDITIONS)
        for key in set(found.keys).difference(self.templates):
            self.templates[key] = form(module, key)
        forms = [self.templates[key] for key in found.keys]
        looked = set() if module.ieee else {each for each in found.unread if not self.templates[found.keys[each]].calls}
        ends = [each.calls for each in forms]
        self.forms, self.looked, self.ends = forms, looked, ends
        self.stretches = stretches(found, ends, BLOCK)
        self.words = self.stretches.words
        self.readers = readers(found.results)
        over = {*self.results}
        self.fixed: set[Value] = {~index for index, each in enumerate(given) if each not in over}
        self.passing = [each for each in self.readers if isinstance(each, int) and each < 0]
        self.local = self.stretches.size <= FRAME
        self.out: list[str] = []
        self.known: dict[Value, str] = {}
        self.number = 0

    def text(self, head: str) -> str:
        """The function."""
        out = self.out
        out.append(f"{head} {{\nentry:")
        if self.local:
            out += [f"%w{word} = alloca double" for word in range(self.stretches.size)]
        out += [f"%place{index} = alloca double" for index in range(2)]
        out += [f"%same{~value} = alloca double" for value in self.passing]
        for value in [each for each in self.words if each < 0 and each not in self.fixed]:  # type: ignore[operator]
            self.keep(value, self.take(value))  # type: ignore[arg-type]
        for value in self.passing:
            self.out.append(f"store {self.kind(value)} {self.take(value)}, ptr %same{~value}")
        for start in range(0, len(self.forms), BLOCK):
            out.append(f"br label %block{start}\nblock{start}:")
            self.block(start, min(start + BLOCK, len(self.forms)))
        self.rest()
        return "\n".join([*out, f"ret i32 {DONE}\n}}"])

    def block(self, start: int, end: int) -> None:
        """Some operations."""
        found, out, forms, words, readers = self.found, self.out, self.forms, self.words, self.readers
        known: dict[Value, str] = {}
        self.known = known
        for index in watched(range(start, end), COMPILING):
            other = found.joint.get(index)
            if other is not None and other < index:
                continue
            given = [known.get(each) or self.read(each) for each in found.operands[index]]
            if self.ends[index]:
                known.clear()
            if other is not None:
                self.joint(index, other, given[0])
                continue
            made = forms[index]
            if made.values:
                order = made.order
                if order == PLAIN[len(given)]:
                    out.append(made.text % tuple(given))
                else:
                    out.append(made.text % tuple([given[at] if at >= 0 else f"%{self.number + ~at}" for at in order]))
                self.number += made.values
                name = f"%{self.number - 1}"
            else:
                name = given[0]
            if index in self.looked:
                out.append(f"store volatile double {name}, ptr %place0")
            known[index] = name
            if index in words or index in readers:
                self.keep(index, name)

    def rest(self) -> None:
        """The results that no operation computes."""
        for value in self.readers:
            if isinstance(value, str):
                self.keep(value, value)
            elif value < 0:
                self.out.append(f"load {self.kind(value)}, ptr %same{~value}")
                self.number += 1
                self.give(value, f"%{self.number - 1}")
        for index, each in enumerate(self.found.results):
            if each is None:
                self.store("0x7FF8000000000000", "out", index)

    # --- values ---------------------------------------------------------------------------------------------

    def kind(self, value: Value) -> str:
        """The kind of a value."""
        return "i1" if value in self.found.booleans else "double"

    def read(self, value: Value) -> str:
        """The value as an operand, back in a register where it waits in memory."""
        if isinstance(value, str):
            return value
        if value in self.fixed:
            name = self.known[value] = self.take(value)
            return name
        kind = self.kind(value)
        if self.local:
            self.out.append(f"load {kind}, ptr %w{self.words[value]}")
            self.number += 1
        else:
            self.load("frame", self.words[value], kind)
        name = self.known[value] = f"%{self.number - 1}"
        return name

    def keep(self, value: Value, name: str) -> None:
        """Store a value where others look for it."""
        if value in self.words:
            kind = self.kind(value)
            if self.local:
                self.out.append(f"store {kind} {name}, ptr %w{self.words[value]}")
            else:
                self.store(name, "frame", self.words[value], kind)
        if value in self.readers and not (isinstance(value, int) and value < 0):
            self.give(value, name)

    def take(self, value: int) -> str:
        """Fetch an input."""
        room, at = self.given[~value]
        boolean = value in self.found.booleans
        self.load(room, at, "i1" if boolean and room != "in" else "double")
        if boolean and room == "in":
            self.out.append(f"fcmp une double %{self.number - 1}, 0.0")
            self.number += 1
        return f"%{self.number - 1}"

    def give(self, value: Value, name: str) -> None:
        """Store a value in the results that it is; among results that are handed out, truth is 1."""
        boolean = value in self.found.booleans or name in ("true", "false")
        for index in self.readers[value]:
            room, at = self.results[index]
            if boolean and room == "out":
                self.out.append(f"uitofp i1 {name} to double")
                self.number += 1
                self.store(f"%{self.number - 1}", room, at)
            else:
                self.store(name, room, at, "i1" if boolean else "double")

    def load(self, room: str, at: int, kind: str = "double") -> None:
        """Fetch a number from the inputs or the frame."""
        self.out.append(f"getelementptr double, ptr %{room}, i64 {at}\nload {kind}, ptr %{self.number}")
        self.number += 2

    def store(self, name: str, room: str, at: int, kind: str = "double") -> None:
        """Store a number in the results or the frame."""
        self.out.append(f"getelementptr double, ptr %{room}, i64 {at}\nstore {kind} {name}, ptr %{self.number}")
        self.number += 1

    def joint(self, index: int, other: int, given: str) -> None:
        """Two functions of one number, computed where the first stands."""
        form = JOINT[self.found.keys[index][0]]
        self.module.joints.add(form.name)
        self.out.append(f"call void @ad_{form.name}(double {given}, ptr %place0, ptr %place1)")
        self.out.append("load double, ptr %place0\nload double, ptr %place1")
        self.known[index] = f"%{self.number + form.place}"
        self.known[other] = f"%{self.number + 1 - form.place}"
        self.number += 2
        for each in (index, other):
            self.keep(each, self.known[each])


def form(module: Module, key: Key) -> Template:
    """How a primitive is computed in a module, which learns what it needs for it."""
    found = template(key, module.ieee)
    if found is None:
        return _kernel(module, key)
    module.outside.update(declared(key))
    return found


def _kernel(module: Module, key: Key) -> Template:
    """A call of a kernel: of its machine code, or of Python."""
    symbol = kernel_symbol(key)
    if kernelcode.code(key, symbol) is not None:
        module.read.add(key)
        return _called(f"{symbol}_{'any' if module.ieee else 'finite'}", key[1])
    primitive = table().find(*key)
    assert primitive is not None
    module.kernels[symbol] = primitive
    found = _called(f"safe_{symbol}", key[1])
    if module.ieee:
        return found
    text = f"{found.text}\ncall double @ad_odd_unless_finite(double %s)"
    return Template(text, (*found.order, ~0), 2, True)


def _called(symbol: str, count: int) -> Template:
    return Template(f"call double @{symbol}({', '.join(['double %s'] * count)})", tuple(range(count)), 1, True)
