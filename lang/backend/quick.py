"""A small module -> the same as a function that is built into Python, so that a call costs a fraction of a microsecond.

Law: it answers for floats that are finite, and gives None for everything else: other numbers, too many of them, a run
that the interpreter is to explain. It relies on where CPython keeps the type and the number of a float.
"""

from __future__ import annotations

import ctypes
from typing import Any

from lang.backend.module import Module
from lang.backend.writer import DONE

FASTCALL = 0x80
"""The flag of C functions that get their arguments as an array."""
TYPE, NUMBER = 8, 16
"""Where an object has its type and a float its number, in bytes."""


def quick(module: Module) -> list[str]:
    """The LLVM text of the function; nothing where a module is not for it."""
    if not module.quick:
        return []
    inputs, results = len(module.shape.unit.inputs), len(module.shape.unit.results)
    lines = [
        f"%run = alloca [{module.words} x i64]",
        f"%in = alloca [{max(1, inputs)} x double]",
        f"%out = alloca [{results} x double]",
        f"%frame = alloca [{max(1, module.frame)} x double]",
        "%kind = load ptr, ptr @ad_types",
        f"%fits = icmp eq i64 %count, {inputs}",
        "br i1 %fits, label %take0, label %none",
    ]
    for index in range(inputs):
        lines += _take(index)
    lines += [
        f"take{inputs}:",
        "%status = call i32 @ad_entry(ptr %run, ptr %in, ptr %out, ptr %frame)",
        f"%well = icmp eq i32 %status, {DONE}",
        "br i1 %well, label %give, label %none",
        "give:",
        *_give(results),
        "none:",
        "%slot = getelementptr ptr, ptr @ad_types, i64 1",
        "%nothing = load ptr, ptr %slot",
        "call void @Py_IncRef(ptr %nothing)",
        "ret ptr %nothing",
    ]
    body = "\n".join(line if line.endswith(":") else "  " + line for line in lines)
    return [_OUTSIDE, f"define ptr @ad_quick(ptr %self, ptr %arguments, i64 %count) nounwind {{\n{body}\n}}"]


_OUTSIDE = """\
@ad_types = global [2 x ptr] zeroinitializer
declare ptr @PyFloat_FromDouble(double)
declare ptr @PyTuple_New(i64)
declare i32 @PyTuple_SetItem(ptr, i64, ptr)
declare void @Py_IncRef(ptr)"""


def _take(index: int) -> list[str]:
    """Take one argument."""
    return [
        f"take{index}:",
        f"%slot{index} = getelementptr ptr, ptr %arguments, i64 {index}",
        f"%object{index} = load ptr, ptr %slot{index}",
        f"%typed{index} = getelementptr i8, ptr %object{index}, i64 {TYPE}",
        f"%type{index} = load ptr, ptr %typed{index}",
        f"%same{index} = icmp eq ptr %type{index}, %kind",
        f"br i1 %same{index}, label %number{index}, label %none",
        f"number{index}:",
        f"%place{index} = getelementptr i8, ptr %object{index}, i64 {NUMBER}",
        f"%value{index} = load double, ptr %place{index}",
        f"%less{index} = fsub double %value{index}, %value{index}",
        f"%finite{index} = fcmp oeq double %less{index}, 0.0",
        f"%put{index} = getelementptr double, ptr %in, i64 {index}",
        f"store double %value{index}, ptr %put{index}",
        f"br i1 %finite{index}, label %take{index + 1}, label %none",
    ]


def _give(results: int) -> list[str]:
    """Give the results as Python has them."""
    lines = []
    for index in range(results):
        lines += [
            f"%from{index} = getelementptr double, ptr %out, i64 {index}",
            f"%result{index} = load double, ptr %from{index}",
            f"%float{index} = call ptr @PyFloat_FromDouble(double %result{index})",
        ]
    if results == 1:
        return [*lines, "ret ptr %float0"]
    lines.append(f"%rest = call ptr @PyTuple_New(i64 {results - 1})")
    for index in range(1, results):
        lines.append(f"%set{index} = call i32 @PyTuple_SetItem(ptr %rest, i64 {index - 1}, ptr %float{index})")
    return [
        *lines,
        "%pair = call ptr @PyTuple_New(i64 2)",
        "%first = call i32 @PyTuple_SetItem(ptr %pair, i64 0, ptr %float0)",
        "%second = call i32 @PyTuple_SetItem(ptr %pair, i64 1, ptr %rest)",
        "ret ptr %pair",
    ]


class _Method(ctypes.Structure):
    """How Python describes a function of C."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


def builtin(address: int, types: int) -> Any:
    """The function at an address as Python calls it; `types` is where it looks for the type of floats and for None."""
    known = (ctypes.c_void_p * 2).from_address(types)
    known[0], known[1] = id(float), id(None)
    method = _Method(b"compiled", address, FASTCALL, None)
    make = ctypes.pythonapi.PyCFunction_NewEx
    make.restype, make.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
    _METHODS.append(method)
    return make(ctypes.addressof(method), None, None)


_METHODS: list[_Method] = []
"""Python does not copy the description, so it must stay."""
