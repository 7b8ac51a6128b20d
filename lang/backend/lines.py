"""A straight unit -> LLVM text that is machine code within milliseconds.

Law: one operation, one line, in order. A piece of `CUT` operations is one function without a branch, which LLVM turns
into machine code as it stands, in a time that grows as its length; values go from piece to piece in the frame. Whether
every operation had a value is read off the processor's flags at the end, so nothing is asked on the way.

Values have no names: LLVM numbers lines that give one, and so does `Piece.number`.
"""

from __future__ import annotations

from lang.backend import kernelcode
from lang.backend.around import around
from lang.backend.body import COMPARISONS
from lang.backend.module import Module
from lang.backend.primitives import ALWAYS, FORMS, JOINT, Template, declared, kernel_symbol, template
from lang.backend.straight import NOT, Key, Straight, Value, frame, readers
from lang.backend.writer import DONE, STACKS, WHOLE
from lang.rules import table

CUT = 300
"""Operations in one function."""

CONDITIONS: dict[Key, Template] = {
    **{(f"{each} number", 2): Template(f"fcmp {word} double %s, %s", (0, 1), 1) for each, word in COMPARISONS.items()},
    ("== boolean", 2): Template("icmp eq i1 %s, %s", (0, 1), 1),
    ("!= boolean", 2): Template("icmp ne i1 %s, %s", (0, 1), 1),
    NOT: Template("xor i1 %s, true", (0,), 1),
}
PIECE = "ptr %0, ptr %1, ptr %2"
"""What a piece is given: inputs, results, frame."""
FIRST = 6
"""The first number of a value in a piece: after what it is given, its start, and two places of memory."""

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


def write(found: Straight, ieee: bool) -> Module:
    """The module of a straight unit."""
    unit = found.unit
    module = Module(unit, ieee, tuple(each in found.booleans or each in ("true", "false") for each in found.results))
    module.words, module.operations = STACKS, len(unit.steps)
    words, module.frame = frame(found, CUT)
    pieces = _Pieces(module, found, words)
    texts = [ODD_IF, ODD_UNLESS, *(pieces.piece(start) for start in range(0, len(found.keys), CUT)), pieces.rest()]
    names = [*(f"piece{start // CUT}" for start in range(0, len(found.keys), CUT)), "rest"]
    calls = [f"  call void @{each}(ptr %in, ptr %out, ptr %frame)" for each in names]
    head = f"define internal i32 @ad_main({WHOLE}) noinline nounwind {{"
    module.text = around(module, [*texts, "\n".join([head, *calls, f"  ret i32 {DONE}", "}"])])
    return module


class _Pieces:
    """Writes the pieces of one unit."""

    def __init__(self, module: Module, found: Straight, words: dict[int, int]) -> None:
        self.module = module
        self.found = found
        self.words = words
        self.readers = readers(found.results)
        self.out: list[str] = []
        self.known: dict[Value, str] = {}
        self.number = FIRST
        self.templates: dict[Key, Template] = dict(CONDITIONS)
        self.safe = {key for key, form in FORMS.items() if f"ad_{key[0]}" in ALWAYS and "\n" not in form}

    def piece(self, start: int) -> str:
        """The function of the operations from `start` on."""
        found, module, words = self.found, self.module, self.words
        self.begin(f"piece{start // CUT}")
        known, out = self.known, self.out
        for index in range(start, min(start + CUT, len(found.keys))):
            if index in found.joint:
                self.joint(index)
                continue
            key = found.keys[index]
            form = self.templates.get(key) or self.template(key)
            given = [known.get(each) or self.read(each) for each in found.operands[index]]
            if form.order == (0, 1) or form.order == (0,):
                out.append(form.text % tuple(given))
            elif form.values:
                out.append(form.text % tuple([given[at] if at >= 0 else f"%{self.number + ~at}" for at in form.order]))
            else:
                known[index] = given[0]
                self.keep(index)
                continue
            self.number += form.values
            known[index] = f"%{self.number - 1}"
            if index in words or index in self.readers:
                self.keep(index)
            if index in found.unread and not module.ieee and key not in self.safe:
                out.append(f"call double @ad_odd_unless_finite(double {known[index]})")
                self.number += 1
        return self.end()

    def begin(self, name: str) -> None:
        """Start a function."""
        self.out = [f"define internal void @{name}({PIECE}) noinline nounwind {{\nalloca double\nalloca double"]
        self.known = {}
        self.number = FIRST

    def end(self) -> str:
        """Its text."""
        return "\n".join([*self.out, "ret void\n}"])

    def rest(self) -> str:
        """The function that gives the results that no operation computes."""
        self.begin("rest")
        for value in self.readers:
            if not isinstance(value, int) or value < 0:
                self.keep(value)
        for index, each in enumerate(self.found.results):
            if each is None:
                self.store("0x7FF8000000000000", 1, index)
        return self.end()

    def read(self, value: Value) -> str:
        """The value as an operand."""
        if isinstance(value, str):
            return value
        room, at = (0, ~value) if value < 0 else (2, self.words[value])
        kind = "i1" if value in self.found.booleans else "double"
        self.out.append(f"getelementptr double, ptr %{room}, i64 {at}\nload {kind}, ptr %{self.number}")
        self.number += 2
        name = self.known[value] = f"%{self.number - 1}"
        return name

    def keep(self, value: Value) -> None:
        """Store a value where others look for it."""
        name, boolean = self.known.get(value) or self.read(value), value in self.found.booleans
        if value in self.words:
            self.store(name, 2, self.words[value], "i1" if boolean else "double")
        for index in self.readers.get(value, ()):
            if boolean or name in ("true", "false"):
                self.out.append(f"uitofp i1 {name} to double")
                name, boolean = f"%{self.number}", False
                self.number += 1
            self.store(name, 1, index)

    def store(self, name: str, room: int, at: int, kind: str = "double") -> None:
        """Store a number in the results or the frame."""
        self.out.append(f"getelementptr double, ptr %{room}, i64 {at}\nstore {kind} {name}, ptr %{self.number}")
        self.number += 1

    def joint(self, index: int) -> None:
        """Two functions of one number, computed where the first stands."""
        other = self.found.joint[index]
        if other < index:
            return
        (value,) = self.found.operands[index]
        given = self.known.get(value) or self.read(value)
        form = JOINT[self.found.keys[index][0]]
        self.module.joints.add(form.name)
        self.out.append(f"call void @ad_{form.name}(double {given}, ptr %4, ptr %5)")
        self.out.append("load double, ptr %4\nload double, ptr %5")
        self.known[index] = f"%{self.number + form.place}"
        self.known[other] = f"%{self.number + 1 - form.place}"
        self.number += 2
        self.keep(index)
        self.keep(other)

    def template(self, key: Key) -> Template:
        """How a primitive is computed."""
        form = template(key, self.module.ieee)
        if form is None:
            form = self.kernel(key)
        else:
            self.module.outside.update(declared(key))
        self.templates[key] = form
        return form

    def kernel(self, key: Key) -> Template:
        """A call of a kernel: of its machine code, or of Python."""
        symbol = kernel_symbol(key)
        if kernelcode.code(key, symbol) is not None:
            self.module.read.add(key)
            symbol = f"{symbol}_{'any' if self.module.ieee else 'finite'}"
            return _called(symbol, key[1])
        primitive = table().find(*key)
        assert primitive is not None
        self.module.kernels[symbol] = primitive
        form = _called(f"safe_{symbol}", key[1])
        if self.module.ieee:
            return form
        text = f"{form.text}\ncall double @ad_odd_unless_finite(double %s)"
        return Template(text, (*form.order, ~0), 2)


def _called(symbol: str, count: int) -> Template:
    return Template(f"call double @{symbol}({', '.join(['double %s'] * count)})", tuple(range(count)), 1)
