"""A small module -> the same as a function that is built into Python, so that a call costs a fraction of a microsecond.

Law: it answers for floats that are finite, and leaves everything else to who is named for that, or gives None: other
numbers, too many of them, a run that the interpreter is to explain. It relies on where CPython keeps the type and the
number of a float and the items of a tuple (`objects`).

What Python calls the function's own object is a tuple here: who is to answer otherwise, and whether only the others of
several results are wanted; None and None where nobody is, and all are.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from lang.backend.native.module import Module
from lang.backend.native.objects import ITEMS, NUMBER, TYPE
from lang.backend.native.writer import DEPTH, DONE, FUEL, STOPPED, THREAD, WHOLE
from lang.limits import SAVED_BYTES, Limits

MOMENT = 20_000
"""Steps that are over in some ten microseconds: for so long no other thread of Python runs, and no clock is read."""
ROOM = 512
"""Values on each stack of a short run."""
PAUSE = 63
"""Calls that are not tried after one that was not short."""
STEPS, CALLS, PLACES, LATER, KNOWN = range(2, 7)
"""What the code has to know, in words: the type of floats, None, these."""
FASTCALL = 0x80
"""The flag of C functions that get their arguments as an array."""


def quick(module: Module) -> list[str]:
    """The LLVM text of the function; nothing where a module is not for it."""
    if not module.quick:
        return []
    inputs, results = len(module.unit.inputs), len(module.unit.results)
    text = _TEXT.replace("ENTRY", "ad_short" if module.long else "ad_entry")
    text = text.replace("INPUTS", str(inputs)).replace("WORDS", str(module.words)).replace("DONE", str(DONE))
    text = text.replace("ROOM", str(max(1, inputs))).replace("RESULTS", str(results))
    text = text.replace("FRAME", str(max(1, module.frame))).replace("REST", str(results - 1))
    whole = text.replace("GIVE", _ONE if results == 1 else _SEVERAL.replace("REST", str(results - 1)))
    return [_OUTSIDE, *([_short(module)] if module.long else []), whole]


def _short(module: Module) -> str:
    """The way in for runs that may be short: as many steps as are done in a moment, and little room on the stacks.

    A run that needs more ends as one that is stopped, and is repeated with the host; then the next ones are not tried.
    """
    rooms = []
    for at, base in enumerate(module.stacks.values()):
        rooms += [f"%room{at} = alloca [{ROOM} x double]", f"%pile{at} = getelementptr i64, ptr %run, i64 {base}",
                  f"store ptr %room{at}, ptr %pile{at}", f"%size{at} = getelementptr i64, ptr %run, i64 {base + 1}",
                  f"store i64 0, ptr %size{at}", f"%most{at} = getelementptr i64, ptr %run, i64 {base + 2}",
                  f"store i64 %room, ptr %most{at}"]  # fmt: skip
    return _SHORT.replace("ROOMS", "\n  ".join(rooms))


_SHORT = f"""\
define i32 @ad_short({WHOLE}) nounwind {{
  %later = getelementptr i64, ptr @ad_known, i64 {LATER}
  %wait = load i64, ptr %later
  %now = icmp sle i64 %wait, 0
  br i1 %now, label %try, label %not_yet
not_yet:
  %less = sub i64 %wait, 1
  store i64 %less, ptr %later
  ret i32 {STOPPED}
try:
  %steps_at = getelementptr i64, ptr @ad_known, i64 {STEPS}
  %steps = load i64, ptr %steps_at
  %fuel = getelementptr i64, ptr %run, i64 {FUEL}
  store i64 %steps, ptr %fuel
  %calls_at = getelementptr i64, ptr @ad_known, i64 {CALLS}
  %calls = load i64, ptr %calls_at
  %depth = getelementptr i64, ptr %run, i64 {DEPTH}
  store i64 %calls, ptr %depth
  %thread = getelementptr i64, ptr %run, i64 {THREAD}
  store i64 0, ptr %thread
  %room_at = getelementptr i64, ptr @ad_known, i64 {PLACES}
  %room = load i64, ptr %room_at
  ROOMS
  %status = call i32 @ad_entry({WHOLE})
  %long = icmp eq i32 %status, {STOPPED}
  br i1 %long, label %defer, label %end
defer:
  store i64 {PAUSE}, ptr %later
  br label %end
end:
  ret i32 %status
}}"""

_OUTSIDE = f"""\
@ad_known = global [{KNOWN} x i64] zeroinitializer
declare ptr @PyFloat_FromDouble(double)
declare ptr @PyTuple_New(i64)
declare ptr @PyObject_Vectorcall(ptr, ptr, i64, ptr)
declare void @Py_IncRef(ptr)"""

OTHERWISE = """\
none:
  %other = load ptr, ptr %asked
  %nobody = icmp eq ptr %other, %nothing
  br i1 %nobody, label %silent, label %pass
pass:
  %answer = call ptr @PyObject_Vectorcall(ptr %other, ptr %arguments, i64 %count, ptr null)
  ret ptr %answer
silent:
  call void @Py_IncRef(ptr %nothing)
  ret ptr %nothing"""
"""The end of a function that does not answer: what `asked` has there does, or nobody."""

BOTH = f"""\
  %wanted = getelementptr ptr, ptr %asked, i64 1
  %part = load ptr, ptr %wanted
  %all = icmp eq ptr %part, %nothing
  br i1 %all, label %pair, label %alone
alone:
  ret ptr %rest
pair:
  %both = call ptr @PyTuple_New(i64 2)
  %head = load double, ptr %out
  %first = call ptr @PyFloat_FromDouble(double %head)
  %one = getelementptr i8, ptr %both, i64 {ITEMS}
  store ptr %first, ptr %one
  %two = getelementptr ptr, ptr %one, i64 1
  store ptr %rest, ptr %two
  ret ptr %both"""
"""The end of one that has several results: the first and the rest, or the rest alone."""

_TEXT = f"""\
define ptr @ad_quick(ptr %own, ptr %arguments, i64 %count) nounwind {{
  %run = alloca [WORDS x i64]
  %in = alloca [ROOM x double]
  %out = alloca [RESULTS x double]
  %frame = alloca [FRAME x double]
  %kind = load ptr, ptr @ad_known
  %absent = getelementptr ptr, ptr @ad_known, i64 1
  %nothing = load ptr, ptr %absent
  %asked = getelementptr i8, ptr %own, i64 {ITEMS}
  %fits = icmp eq i64 %count, INPUTS
  br i1 %fits, label %more, label %none
more:
  %index = phi i64 [ 0, %0 ], [ %next, %put ]
  %left = icmp ult i64 %index, INPUTS
  br i1 %left, label %take, label %run_it
take:
  %slot = getelementptr ptr, ptr %arguments, i64 %index
  %object = load ptr, ptr %slot
  %typed = getelementptr i8, ptr %object, i64 {TYPE}
  %type = load ptr, ptr %typed
  %same = icmp eq ptr %type, %kind
  br i1 %same, label %number, label %none
number:
  %place = getelementptr i8, ptr %object, i64 {NUMBER}
  %value = load double, ptr %place
  %less = fsub double %value, %value
  %finite = fcmp oeq double %less, 0.0
  br i1 %finite, label %put, label %none
put:
  %room = getelementptr double, ptr %in, i64 %index
  store double %value, ptr %room
  %next = add i64 %index, 1
  br label %more
run_it:
  %status = call i32 @ENTRY(ptr %run, ptr %in, ptr %out, ptr %frame)
  %well = icmp eq i32 %status, DONE
  br i1 %well, label %give, label %none
GIVE
{OTHERWISE}
}}"""

_ONE = """\
give:
  %result = load double, ptr %out
  %float = call ptr @PyFloat_FromDouble(double %result)
  ret ptr %float"""

_SEVERAL = f"""\
give:
  %rest = call ptr @PyTuple_New(i64 REST)
  %items = getelementptr i8, ptr %rest, i64 {ITEMS}
  br label %fill
fill:
  %at = phi i64 [ 0, %give ], [ %after, %fill ]
  %after = add i64 %at, 1
  %from = getelementptr double, ptr %out, i64 %after
  %result = load double, ptr %from
  %float = call ptr @PyFloat_FromDouble(double %result)
  %item = getelementptr ptr, ptr %items, i64 %at
  store ptr %float, ptr %item
  %full = icmp eq i64 %after, REST
  br i1 %full, label %filled, label %fill
filled:
{BOTH}"""


class Compiled(tuple[Any, ...]):
    """A function's own object, which gives errors of calls its name."""

    __slots__ = ()


class _Method(ctypes.Structure):
    """How Python describes a function of C."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


def builtin(address: int, place: int, limits: Limits, stacks: int) -> Any:
    """The function at an address as Python calls it.

    Args:
        address: where it is.
        place: where it looks for what it has to know.
        limits: what a run may use.
        stacks: how many stacks it has.
    """
    room = ROOM if stacks * ROOM * SAVED_BYTES <= limits.tape_bytes else 0
    known = (ctypes.c_int64 * KNOWN).from_address(place)
    known[:] = [id(float), id(None), min(MOMENT, limits.steps), limits.depth, room, 0]
    return function(address, Compiled((None, None)))


def attached(address: int, kept: tuple[object, ...], otherwise: Callable[..., Any], part: bool) -> Any:
    """The same function, with who answers where it does not.

    Args:
        address: where it is; `builtin` was called for it before.
        kept: what must live as long as it is called, behind the other two in its own object.
        otherwise: gets the same arguments; its name and its help are the function's.
        part: give only the others of several results.
    """
    name = otherwise.__name__
    method = _Method(name.encode(), address, FASTCALL, f"{name}(*arguments)\n--\n\n{otherwise.__doc__}".encode())
    return _made(method, Compiled((otherwise, True if part else None, *kept, method)))


def function(address: int, own: object) -> Any:
    """Machine code (its own object, arguments, how many) -> object, as Python calls it."""
    _METHODS.append(_Method(b"compiled", address, FASTCALL, None))
    return _made(_METHODS[-1], own)


def _made(method: _Method, own: object) -> Any:
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype, make.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p)
    return make(ctypes.addressof(method), own, None)


_METHODS: list[_Method] = []
"""Python does not copy the description, so it must stay; a function's own object may hold it."""
