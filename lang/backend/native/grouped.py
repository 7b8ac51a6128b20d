"""Groups of operations -> LLVM text: one loop for each kind, and what goes from group to group through the list.

Law: it depends on the kinds and on how many inputs there are, never on the operations; so one piece of machine code
serves many programs, and is found in the cache.
"""

from __future__ import annotations

from lang.backend.native.around import around
from lang.backend.native.groups import HEAD, Groups, groups
from lang.backend.native.lines import CONDITIONS, ODD, form
from lang.backend.native.module import Module
from lang.backend.native.primitives import Template
from lang.backend.native.straight import NOT, Key, Straight
from lang.backend.native.writer import DONE, STACKS, WHOLE
from lang.rules import table


def write(found: Straight, ieee: bool) -> Module:
    """The module of a long straight unit."""
    unit = found.unit
    module = Module(unit, ieee, tuple(each in found.booleans or each in ("true", "false") for each in found.results))
    module.words, module.operations = STACKS, len(unit.steps)
    made = groups(found)
    made.begin[:1].view("int64")[0] = made.list.ctypes.data
    module.frame, module.begin, module.kept = made.size, made.begin, made.list
    module.text = around(module, [*ODD, _Loops(module, made).text()])
    return module


class _Loops:
    """Writes the loops.

    Attributes:
        number: the number of the next value without a name.
    """

    def __init__(self, module: Module, made: Groups) -> None:
        self.module = module
        self.kinds = made.kinds
        self.number = 0
        self.out: list[str] = []

    def text(self) -> str:
        """The function."""
        ends = range(len(self.kinds) + 1)
        cases = " ".join(f"i32 {each}, label %loop{each}" for each in ends)
        last = "".join(f", [ %end{each}, %loop{each} ]" for each in ends)
        bytes_ = 8 * len(self.module.unit.inputs)
        self.out.append(_HEAD.format(WHOLE=WHOLE, BYTES=bytes_, LAST=last, CASES=cases, HEAD=HEAD))
        for number, key in enumerate(self.kinds):
            self.loop(number, key)
        results = len(self.kinds)
        self.begin(results, 1)
        self.out.append(f"%slot{results} = getelementptr double, ptr %out, i64 %place{results}")
        self.out.append(f"store double %x{results}_0, ptr %slot{results}")
        self.end(results)
        return "\n".join([*self.out, f"done:\nret i32 {DONE}\n}}"])

    def begin(self, number: int, arity: int) -> None:
        """The head of a kind's loop: its operands for one operation, and the place of its value."""
        self.out.append(_BEGIN.format(N=number, ARITY=arity))
        for index in range(arity):
            self.out.append(_OPERAND.format(N=number, I=index))

    def end(self, number: int) -> None:
        """The end of a kind's loop."""
        self.out.append(_END.format(N=number))

    def loop(self, number: int, key: Key) -> None:
        """The loop of a kind."""
        self.begin(number, max(1, key[1]))
        if not key[1]:
            self.joint(number, key[0])
        else:
            value = self.value(number, key, CONDITIONS.get(key) or form(self.module, key))
            self.out.append(f"store double {value}, ptr %to{number}")
        self.end(number)

    def joint(self, number: int, name: str) -> None:
        """A function of the C library that computes two values."""
        self.module.joints.add(name)
        self.out.append(f"%second{number} = getelementptr double, ptr %to{number}, i64 %count")
        self.out.append(f"call void @ad_{name}(double %x{number}_0, ptr %to{number}, ptr %second{number})")

    def value(self, number: int, key: Key, template: Template) -> str:
        """The value of an operation; what is true or false is 1 or 0 in the frame."""
        conditions = _conditions(key)
        given = [f"%x{number}_{index}" for index in range(key[1])]
        for index in conditions:
            self.out.append(f"fcmp une double {given[index]}, 0.0")
            given[index] = self.fresh()
        if not template.values:
            return given[0]
        start = self.number
        words = [given[at] if at >= 0 else f"%{start + ~at}" for at in template.order]
        self.out.append(template.text % tuple(words))
        self.number += template.values
        if key in CONDITIONS:
            self.out.append(f"uitofp i1 %{self.number - 1} to double")
            self.fresh()
        return f"%{self.number - 1}"

    def fresh(self) -> str:
        """The name of the value that was just written without one."""
        self.number += 1
        return f"%{self.number - 1}"


def _conditions(key: Key) -> list[int]:
    """The operands that are true or false."""
    if key in CONDITIONS:
        return list(range(key[1])) if key == NOT or key[0].endswith(" boolean") else []
    primitive = table().find(*key)
    assert primitive is not None
    return [index for index, each in enumerate(primitive.parameters) if each in primitive.discrete]


_HEAD = """\
define internal i32 @ad_main({WHOLE}) noinline nounwind {{
entry:
%list = load ptr, ptr %frame
%given = getelementptr double, ptr %frame, i64 1
call void @llvm.memcpy.p0.p0.i64(ptr %given, ptr %in, i64 {BYTES}, i1 false)
br label %next
next:
%at = phi ptr [ %list, %entry ]{LAST}
%kind = load i32, ptr %at
%counted = getelementptr i32, ptr %at, i64 1
%short = load i32, ptr %counted
%count = zext i32 %short to i64
%placed = getelementptr i32, ptr %at, i64 2
%low = load i32, ptr %placed
%first = zext i32 %low to i64
%operands = getelementptr i32, ptr %at, i64 {HEAD}
switch i32 %kind, label %done [ {CASES} ]"""

_BEGIN = """\
loop{N}:
%turn{N} = phi i64 [ 0, %next ], [ %more{N}, %loop{N} ]
%from{N} = phi ptr [ %operands, %next ], [ %end{N}, %loop{N} ]
%place{N} = add i64 %first, %turn{N}
%to{N} = getelementptr double, ptr %frame, i64 %place{N}
%end{N} = getelementptr i32, ptr %from{N}, i64 {ARITY}"""

_OPERAND = """\
%p{N}_{I} = getelementptr i32, ptr %from{N}, i64 {I}
%i{N}_{I} = load i32, ptr %p{N}_{I}
%w{N}_{I} = zext i32 %i{N}_{I} to i64
%f{N}_{I} = getelementptr double, ptr %frame, i64 %w{N}_{I}
%x{N}_{I} = load double, ptr %f{N}_{I}"""

_END = """\
%more{N} = add i64 %turn{N}, 1
%again{N} = icmp ult i64 %more{N}, %count
br i1 %again{N}, label %loop{N}, label %next"""
