"""A small module -> a function, built into Python, of a NumPy vector of its inputs, with no Python float in between.

Law: it answers for vectors of doubles that lie in a row and are finite, and leaves everything else to who is named for
that, as `quick` does. It is one machine code for all programs: what it has to know of one lies in a capsule, the third
of its function's own object. It relies on where NumPy keeps what a vector consists of (`objects`).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any

from lang.backend.native import jit
from lang.backend.native.objects import DATA, DIMENSIONS, DOUBLE, FLAGS, ITEMS, KIND, LETTERS, PLAIN, SHAPE, TYPE
from lang.backend.native.quick import BOTH, OTHERWISE, attached
from lang.backend.native.writer import DONE

OUTSIDE = ("PyCapsule_GetPointer", "Py_IncRef", "PyFloat_FromDouble", "PyTuple_New",
           "PyObject_Vectorcall")  # fmt: skip
LEVEL = 2
ENTRY, INPUTS, RESULTS, WORDS, FRAME, NONE, ARRAY, EMPTY, OTHERS = range(9)
"""What the code has to know of a program, in words: its `ad_entry` and what that needs, None, NumPy's type of arrays
and what makes one of as many numbers as there are results but the first."""


def _known(kind: str, name: str, word: int) -> str:
    return f"%{name}_at = getelementptr i64, ptr %known, i64 {word}\n  %{name} = load {kind}, ptr %{name}_at"


TEXT = f"""\
declare ptr @PyCapsule_GetPointer(ptr, ptr)
declare void @Py_IncRef(ptr)
declare ptr @PyFloat_FromDouble(double)
declare ptr @PyTuple_New(i64)
declare ptr @PyObject_Vectorcall(ptr, ptr, i64, ptr)

define ptr @ad_array(ptr %own, ptr %arguments, i64 %count) nounwind "no-builtins" {{
  %asked = getelementptr i8, ptr %own, i64 {ITEMS}
  %capsule_at = getelementptr ptr, ptr %asked, i64 2
  %capsule = load ptr, ptr %capsule_at
  %known = call ptr @PyCapsule_GetPointer(ptr %capsule, ptr null)
  {_known("ptr", "nothing", NONE)}
  {_known("ptr", "arrays", ARRAY)}
  {_known("i64", "inputs", INPUTS)}
  %alone_given = icmp eq i64 %count, 1
  br i1 %alone_given, label %typed, label %none
typed:
  %vector = load ptr, ptr %arguments
  %type_at = getelementptr i8, ptr %vector, i64 {TYPE}
  %type = load ptr, ptr %type_at
  %is_array = icmp eq ptr %type, %arrays
  br i1 %is_array, label %flat, label %none
flat:
  %dimensions_at = getelementptr i8, ptr %vector, i64 {DIMENSIONS}
  %dimensions = load i32, ptr %dimensions_at
  %is_flat = icmp eq i32 %dimensions, 1
  br i1 %is_flat, label %look, label %none
look:
  %shape_at = getelementptr i8, ptr %vector, i64 {SHAPE}
  %shape = load ptr, ptr %shape_at
  %length = load i64, ptr %shape
  %fits = icmp eq i64 %length, %inputs
  %kind_at = getelementptr i8, ptr %vector, i64 {KIND}
  %kind = load ptr, ptr %kind_at
  %letters_at = getelementptr i8, ptr %kind, i64 {LETTERS}
  %letters = load i32, ptr %letters_at
  %three = and i32 %letters, {0xFFFFFF}
  %double = icmp eq i32 %three, {DOUBLE}
  %flags_at = getelementptr i8, ptr %vector, i64 {FLAGS}
  %flags = load i32, ptr %flags_at
  %needed = and i32 %flags, {PLAIN}
  %plain = icmp eq i32 %needed, {PLAIN}
  %numbers = and i1 %double, %plain
  %good = and i1 %fits, %numbers
  br i1 %good, label %ready, label %none
ready:
  %in_at = getelementptr i8, ptr %vector, i64 {DATA}
  %in = load ptr, ptr %in_at
  br label %check
check:
  %index = phi i64 [ 0, %ready ], [ %next, %check ]
  %odd = phi i1 [ false, %ready ], [ %worse, %check ]
  %number_at = getelementptr double, ptr %in, i64 %index
  %number = load double, ptr %number_at
  %less = fsub double %number, %number
  %strange = fcmp une double %less, 0.0
  %worse = or i1 %odd, %strange
  %next = add i64 %index, 1
  %every = icmp eq i64 %next, %inputs
  br i1 %every, label %checked, label %check
checked:
  br i1 %worse, label %none, label %run
run:
  {_known("ptr", "entry", ENTRY)}
  {_known("i64", "results", RESULTS)}
  {_known("i64", "words", WORDS)}
  {_known("i64", "frame", FRAME)}
  %memory = alloca i64, i64 %words
  %out = alloca double, i64 %results
  %room = alloca double, i64 %frame
  %status = call i32 %entry(ptr %memory, ptr %in, ptr %out, ptr %room)
  %well = icmp eq i32 %status, {DONE}
  br i1 %well, label %answered, label %none
answered:
  %several = icmp ugt i64 %results, 1
  br i1 %several, label %make, label %one_alone
one_alone:
  %only = load double, ptr %out
  %float = call ptr @PyFloat_FromDouble(double %only)
  ret ptr %float
make:
  {_known("ptr", "empty", EMPTY)}
  {_known("ptr", "others", OTHERS)}
  %size = alloca ptr
  store ptr %others, ptr %size
  %rest = call ptr @PyObject_Vectorcall(ptr %empty, ptr %size, i64 1, ptr null)
  %failed = icmp eq ptr %rest, null
  br i1 %failed, label %raise, label %fill
raise:
  ret ptr null
fill:
  %to_at = getelementptr i8, ptr %rest, i64 {DATA}
  %to = load ptr, ptr %to_at
  br label %copy
copy:
  %at = phi i64 [ 0, %fill ], [ %after, %copy ]
  %after = add i64 %at, 1
  %from_at = getelementptr double, ptr %out, i64 %after
  %result = load double, ptr %from_at
  %place = getelementptr double, ptr %to, i64 %at
  store double %result, ptr %place
  %last = add i64 %after, 1
  %full = icmp eq i64 %last, %results
  br i1 %full, label %filled, label %copy
filled:
{BOTH}
{OTHERWISE}
}}
"""


@cache
def _code() -> tuple[Any, int]:
    """The machine code for all programs; what must live as long, and its address."""
    jit.of_python(OUTSIDE)
    kept, (address,) = jit.compile_text(TEXT, LEVEL, ("ad_array",))
    return kept, address


def of_vectors(numbers: tuple[int, ...], kept: object, otherwise: Callable[..., Any], part: bool) -> Callable[..., Any]:
    """A module as a function of a vector: its result, of several the first and an array of the others.

    Args:
        numbers: the address of its `ad_entry`, how many inputs and results it has, its words and its frame.
        kept: what must live as long as it is called.
        otherwise: gets the same arguments where it does not answer; its name and its help are the function's.
        part: give only the array of the others.
    """
    import numpy as np

    entry, inputs, results, words, frame = numbers
    others = results - 1
    known = (ctypes.c_int64 * 9)(
        entry, inputs, results, max(1, words), max(1, frame), id(None), id(np.ndarray), id(np.empty), id(others)
    )
    make = ctypes.pythonapi.PyCapsule_New
    make.restype, make.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    capsule = make(ctypes.addressof(known), None, None)
    return attached(_code()[1], (capsule, known, others, kept), otherwise, part)  # type: ignore[no-any-return]
