"""A small module -> a function, built into Python, of a NumPy vector of its inputs, with no Python float in between.

Law: it answers for vectors of doubles that lie in a row and are finite, and gives None for everything else, as `quick`
does. It is one machine code for all programs: what it has to know of one lies in a capsule, and vectors are read
through Python's buffer protocol, so nothing depends on how NumPy is made.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from lang.backend.native import jit
from lang.backend.native.quick import function
from lang.backend.native.writer import DONE

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

OUTSIDE = ("PyCapsule_GetPointer", "PyObject_GetBuffer", "PyBuffer_Release", "PyErr_Clear", "Py_IncRef",
           "PyFloat_FromDouble")  # fmt: skip
READ, WRITE = 0x3C, 0x3D
"""What is asked of a buffer: its format, and that it lies in a row (and may be written)."""
DOUBLE = int.from_bytes(b"d\0", "little")
LEVEL = 2

TEXT = f"""\
declare ptr @PyCapsule_GetPointer(ptr, ptr)
declare i32 @PyObject_GetBuffer(ptr, ptr, i32)
declare void @PyBuffer_Release(ptr)
declare void @PyErr_Clear()
declare void @Py_IncRef(ptr)
declare ptr @PyFloat_FromDouble(double)

define ptr @ad_array(ptr %self, ptr %arguments, i64 %count) nounwind "no-builtins" {{
  %given = alloca [10 x i64]
  %taken = alloca [10 x i64]
  %known = call ptr @PyCapsule_GetPointer(ptr %self, ptr null)
  %entry = load ptr, ptr %known
  %inputs_at = getelementptr i64, ptr %known, i64 1
  %inputs = load i64, ptr %inputs_at
  %results_at = getelementptr i64, ptr %known, i64 2
  %results = load i64, ptr %results_at
  %words_at = getelementptr i64, ptr %known, i64 3
  %words = load i64, ptr %words_at
  %frame_at = getelementptr i64, ptr %known, i64 4
  %frame = load i64, ptr %frame_at
  %none_at = getelementptr i64, ptr %known, i64 5
  %none = load ptr, ptr %none_at
  %vector = load ptr, ptr %arguments
  %place_at = getelementptr ptr, ptr %arguments, i64 1
  %place = load ptr, ptr %place_at
  %unread = call i32 @PyObject_GetBuffer(ptr %vector, ptr %given, i32 {READ})
  %is_read = icmp eq i32 %unread, 0
  br i1 %is_read, label %look, label %clear
clear:
  call void @PyErr_Clear()
  br label %nothing
look:
  %in = load ptr, ptr %given
  %bytes_at = getelementptr i64, ptr %given, i64 2
  %bytes = load i64, ptr %bytes_at
  %asked = mul i64 %inputs, 8
  %fits = icmp eq i64 %bytes, %asked
  %dimensions_at = getelementptr i8, ptr %given, i64 36
  %dimensions = load i32, ptr %dimensions_at
  %flat = icmp eq i32 %dimensions, 1
  %format_at = getelementptr i64, ptr %given, i64 5
  %format = load ptr, ptr %format_at
  %letters = load i16, ptr %format, align 1
  %double = icmp eq i16 %letters, {DOUBLE}
  %shaped = and i1 %fits, %flat
  %good = and i1 %shaped, %double
  br i1 %good, label %check, label %release
check:
  %index = phi i64 [ 0, %look ], [ %next, %check ]
  %odd = phi i1 [ false, %look ], [ %worse, %check ]
  %number_at = getelementptr double, ptr %in, i64 %index
  %number = load double, ptr %number_at
  %less = fsub double %number, %number
  %strange = fcmp une double %less, 0.0
  %worse = or i1 %odd, %strange
  %next = add i64 %index, 1
  %all = icmp eq i64 %next, %inputs
  br i1 %all, label %checked, label %check
checked:
  br i1 %worse, label %release, label %run
run:
  %memory = alloca i64, i64 %words
  %out = alloca double, i64 %results
  %room = alloca double, i64 %frame
  %status = call i32 %entry(ptr %memory, ptr %in, ptr %out, ptr %room)
  %well = icmp eq i32 %status, {DONE}
  br i1 %well, label %answer, label %release
answer:
  %several = icmp ugt i64 %results, 1
  br i1 %several, label %open, label %give
open:
  %unopened = call i32 @PyObject_GetBuffer(ptr %place, ptr %taken, i32 {WRITE})
  %opened = icmp eq i32 %unopened, 0
  br i1 %opened, label %copy_all, label %shut
shut:
  call void @PyErr_Clear()
  br label %release
copy_all:
  %to = load ptr, ptr %taken
  br label %copy
copy:
  %at = phi i64 [ 0, %copy_all ], [ %after, %copy ]
  %after = add i64 %at, 1
  %from_at = getelementptr double, ptr %out, i64 %after
  %result = load double, ptr %from_at
  %to_at = getelementptr double, ptr %to, i64 %at
  store double %result, ptr %to_at
  %last = add i64 %after, 1
  %full = icmp eq i64 %last, %results
  br i1 %full, label %copied, label %copy
copied:
  call void @PyBuffer_Release(ptr %taken)
  br label %give
give:
  call void @PyBuffer_Release(ptr %given)
  %value = load double, ptr %out
  %float = call ptr @PyFloat_FromDouble(double %value)
  ret ptr %float
release:
  call void @PyBuffer_Release(ptr %given)
  br label %nothing
nothing:
  call void @Py_IncRef(ptr %none)
  ret ptr %none
}}
"""


@cache
def _code() -> tuple[Any, int]:
    """The machine code for all programs; what must live as long, and its address."""
    for name in OUTSIDE:
        jit.symbol(name, ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value or 0)
    kept, (address,) = jit.compile_text(TEXT, LEVEL, ("ad_array",))
    return kept, address


def of_arrays(entry: int, inputs: int, results: int, words: int, frame: int) -> Callable[[Any], Any]:
    """A module as a function of a vector: its result, of several the first and an array of the others; or None.

    Args:
        entry: the address of its `ad_entry`.
        inputs, results, words, frame: as in `Module`.
    """
    import numpy as np

    known = (ctypes.c_int64 * 6)(entry, inputs, results, max(1, words), max(1, frame), id(None))
    make = ctypes.pythonapi.PyCapsule_New
    make.restype, make.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    call = function(_code()[1], make(ctypes.addressof(known), None, None))
    empty, others = np.empty, results - 1

    def one(vector: Array, kept: Any = known) -> Any:
        return call(vector, None)

    def several(vector: Array, kept: Any = known) -> Any:
        place = empty(others)
        value = call(vector, place)
        return None if value is None else (value, place)

    return several if others else one
