"""What stands around a program's functions: the way in, the processor's flags, the host, kernels in Python.

Law: an operation on finite numbers without a finite result raises one of three sticky flags of the processor (invalid,
division by zero, overflow), so a run that leaves them clear met none, at no cost to its operations. How they are read
says `processor`.
"""

from __future__ import annotations

import re

from lang.backend.native.jit import flags
from lang.backend.native.module import Module
from lang.backend.native.primitives import ALWAYS, kernel_symbol
from lang.backend.native.processor import Processor, processor
from lang.backend.native.quick import quick
from lang.backend.native.writer import CALLS, DONE, FUEL, GO_ON, NONE, ODD, SITE, STATUS, STOPPED, THREAD, WHOLE
from lang.rules import Primitive


def around(module: Module, texts: list[str]) -> str:
    """The whole text of a module, from that of its functions; `ad_main` is the program itself."""
    hosted = [_REFUEL, _GROW, *([_CALLS] if module.recursive else [])] if module.repeats or module.stacks else []
    hosted += [_RAISED] if module.parts else []
    guarded = [_guarded(each) for each in module.kernels.values()]
    entry = _IEEE if module.ieee else _FINITE
    *before, entry = [_on(processor(), each) for each in (*hosted, *guarded, entry)]
    return "\n\n".join([_declarations(module), *before, *texts, entry, _LONG, *quick(module), _METADATA]) + "\n"


def _on(kind: Processor, text: str) -> str:
    """The text with the processor's flags read and written in its own way."""
    text = _READ.sub(lambda met: kind.reads.replace("SLOT", met[1]), text)
    text = _WRITE.sub(lambda met: kind.writes.replace("SLOT", met[1]), text)
    text = text.replace("KEEPS", kind.keeps.replace("FLAGS", flags()))
    return text.replace("CLEAR", str(~kind.marks)).replace("RAISED", str(kind.odd)).replace("COLD", kind.cold)


_READ, _WRITE = re.compile(r"read flags into (%\w+)"), re.compile(r"write flags of (%\w+)")


_HOST = """\
declare ptr @PyEval_SaveThread()
declare void @PyEval_RestoreThread(ptr)
declare i32 @PyErr_CheckSignals()
declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)"""

_LOOK = f"""\
declare i64 @ad_WORK(ptr, i64)
define internal COLD i64 @look_WORK(ptr %run, GIVEN) noinline cold nounwind KEEPS {{
  %flags = alloca i32
  read flags into %flags
  %kept = getelementptr i64, ptr %run, i64 {STATUS}
  %before = load i64, ptr %kept
  %goes = icmp eq i64 %before, {DONE}
  br i1 %goes, label %host, label %over
host:
  %slot = getelementptr i64, ptr %run, i64 {THREAD}
  %thread = load ptr, ptr %slot
  %alone = icmp eq ptr %thread, null
  br i1 %alone, label %give_up, label %hosted
give_up:
  store i64 {STOPPED}, ptr %kept
  br label %over
over:
  ret i64 {NONE}
hosted:
  BEFORE
  call void @PyEval_RestoreThread(ptr %thread)
  %signal = call i32 @PyErr_CheckSignals()
  %calm = icmp eq i32 %signal, 0
  br i1 %calm, label %ask, label %end
ask:
  %answer = call i64 @ad_WORK(ptr %run, i64 %number)
  br label %end
end:
  %good = phi i64 [ 0, %hosted ], [ %answer, %ask ]
  %again = call ptr @PyEval_SaveThread()
  store ptr %again, ptr %slot
  write flags of %flags
  %on = icmp eq i64 %good, {GO_ON}
  br i1 %on, label %go_on, label %give_up
go_on:
  AFTER
}}"""
"""What machine code asks the host, Python's lock in hand. Signals come first: what a handler raises ends the run.

A short run has no host (and did not give up Python's lock): it ends there. What ends a run is kept in its memory, and
every look after that ends it, too.
"""

_REFUEL = _LOOK.replace("WORK", "refuel").replace("GIVEN", "i64 %steps, i64 %number").replace("BEFORE", f"""\
%place = getelementptr i64, ptr %run, i64 {SITE}
  store i64 %number, ptr %place
  %fuel = getelementptr i64, ptr %run, i64 {FUEL}
  store i64 %steps, ptr %fuel""").replace("AFTER", "%left = load i64, ptr %fuel\n  ret i64 %left")  # fmt: skip
_GROW = _LOOK.replace("WORK", "grow").replace("GIVEN", "i64 %number").replace("BEFORE", "").replace(
    "AFTER", f"ret i64 {DONE}")  # fmt: skip

_CALLS = f"""\
define internal COLD i64 @look_calls(ptr %run, i64 %both, i64 %number) noinline cold nounwind KEEPS {{
  %steps = ashr i64 %both, {CALLS}
  %calls = and i64 %both, {(1 << CALLS) - 1}
  %more = call COLD i64 @look_refuel(ptr %run, i64 %steps, i64 %number)
  %up = shl i64 %more, {CALLS}
  %left = or i64 %up, %calls
  %over = icmp slt i64 %more, 0
  %answer = select i1 %over, i64 %more, i64 %left
  ret i64 %answer
}}"""
"""The same for steps and calls in one number; see `hosted`."""

_LONG = f"""\
define i32 @ad_long({WHOLE}) nounwind {{
  %slot = getelementptr i64, ptr %run, i64 {THREAD}
  %thread = call ptr @PyEval_SaveThread()
  store ptr %thread, ptr %slot
  %status = call i32 @ad_entry({WHOLE})
  %again = load ptr, ptr %slot
  call void @PyEval_RestoreThread(ptr %again)
  ret i32 %status
}}"""
"""A run that may be long: other threads of Python run meanwhile."""

_RAISED = """\
define internal i32 @ad_raised() noinline nounwind optnone {
  %flags = alloca i32
  read flags into %flags
  %all = load i32, ptr %flags
  %raised = and i32 %all, RAISED
  ret i32 %raised
}"""
"""Has any operation of the run had no finite value so far? As it stands: LLVM would ask once for all times."""

_METADATA = '!0 = !{!"branch_weights", i32 1, i32 1000000}'


def _declarations(module: Module) -> str:
    lines = [_HOST]
    for name, count in sorted(module.outside.items()):
        arguments = ", ".join(["double"] * count)
        free = module.ieee or name in ALWAYS or name.startswith("llvm.")
        memory = "none" if free else "inaccessiblemem: readwrite"
        lines.append(f"declare double @{name}({arguments}) nounwind willreturn memory({memory})")
    lines += [f"declare void @ad_{name}(double, ptr, ptr) nounwind willreturn memory(argmem: write)"
              for name in sorted(module.joints)]  # fmt: skip
    for key in sorted(module.read):
        name = kernel_symbol(key) + ("_any" if module.ieee else "_finite")
        lines.append(f"declare double @{name}({', '.join(['double'] * key[1])}) nounwind willreturn")
    lines += processor().declarations
    if "llvm.fabs.f64" not in module.outside:
        lines.append("declare double @llvm.fabs.f64(double)")
    return "\n".join(lines)


def _guarded(primitive: Primitive) -> str:
    """A kernel that leaves the processor's flags as they were: what it met on its way is not the program's."""
    symbol, count = kernel_symbol((primitive.name, primitive.arity)), primitive.arity
    head = ", ".join(f"double %a{index}" for index in range(count))
    return f"""declare double @{symbol}({", ".join(["double"] * count)})
define internal double @safe_{symbol}({head}) noinline nounwind {{
  %flags = alloca i32
  %left = alloca i32
  read flags into %flags
  %before = load i32, ptr %flags
  %value = call double @{symbol}({head})
  read flags into %left
  %after = load i32, ptr %left
  %changed = xor i32 %before, %after
  %raised = and i32 %changed, RAISED
  %same = icmp eq i32 %raised, 0
  br i1 %same, label %end, label %restore
restore:
  write flags of %flags
  br label %end
end:
  ret double %value
}}"""


_IEEE = f"""\
define i32 @ad_entry({WHOLE}) nounwind {{
  %status = call i32 @ad_main({WHOLE})
  ret i32 %status
}}"""

_FINITE = f"""\
define i32 @ad_entry({WHOLE}) nounwind {{
  %kept = alloca i32
  %used = alloca i32
  %left = alloca i32
  read flags into %kept
  %before = load i32, ptr %kept
  %already = and i32 %before, RAISED
  %clear = icmp eq i32 %already, 0
  br i1 %clear, label %run_it, label %wipe
wipe:
  %wiped = and i32 %before, CLEAR
  store i32 %wiped, ptr %used
  write flags of %used
  br label %run_it
run_it:
  %status = call i32 @ad_main({WHOLE})
  read flags into %left
  %after = load i32, ptr %left
  %raised = and i32 %after, RAISED
  %clean = icmp eq i32 %raised, 0
  %same = and i1 %clear, %clean
  br i1 %same, label %end, label %restore
restore:
  write flags of %kept
  br label %end
end:
  %failed = icmp ne i32 %status, {DONE}
  %keep = or i1 %clean, %failed
  %result = select i1 %keep, i32 %status, i32 {ODD}
  ret i32 %result
}}"""
"""Runs the program with the processor's flags clear, and looks at them afterwards; writing them takes its time."""
