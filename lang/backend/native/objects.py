"""Where CPython keeps what an object consists of, and NumPy what a vector does, in bytes from its beginning.

Law: nothing is taken for granted: the places follow from the sizes that Python tells and from NumPy's C interface, and
are looked at before machine code relies on them. A tuple, for one, keeps its hash before its items since 3.14.
"""

from __future__ import annotations

import ctypes
import sys
import sysconfig
from functools import cache

TYPE, NUMBER, ITEMS = object.__basicsize__ - 8, float.__basicsize__ - 8, tuple.__basicsize__
"""An object's type, a float's number: the last word of each; a tuple's items: behind all that every tuple has."""

DATA, DIMENSIONS, SHAPE, KIND, FLAGS = (object.__basicsize__ + place for place in (0, 8, 16, 40, 48))
"""A NumPy array's numbers, how many dimensions it has and how long each is, what its items are, how they lie."""
LETTERS, DOUBLE = object.__basicsize__ + 8, int.from_bytes(b"fd=", "little")
"""Where a kind of items has its letters, and those of doubles in this machine's order of bytes."""
PLAIN = 0x101
"""The flags of an array whose items lie in a row, each where a double may lie."""


@cache
def known() -> bool:
    """Does this Python keep them there, and does one thread at a time use them?"""
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return False
    number, other = 1.25, object()
    pair = (other, number)
    typed = _word(number, TYPE) == id(float) and _word(pair, TYPE) == id(tuple)
    items = (_word(pair, ITEMS), _word(pair, ITEMS + 8)) == (id(other), id(number))
    return typed and items and ctypes.c_double.from_address(id(number) + NUMBER).value == number


@cache
def vectors() -> bool:
    """Does NumPy keep them there, too?"""
    import numpy as np

    vector = np.array([1.25, 2.5, 5.0])
    flags, kind = vector.flags.num, vector.dtype
    shaped = _half(vector, DIMENSIONS) == 1 and ctypes.c_int64.from_address(_word(vector, SHAPE)).value == 3
    described = _word(vector, KIND) == id(kind) and _half(kind, LETTERS) & 0xFFFFFF == DOUBLE
    plain = _half(vector, FLAGS) == flags and flags & PLAIN == PLAIN and not vector[::2].flags.num & 1
    return known() and _word(vector, DATA) == vector.ctypes.data and shaped and described and plain


def _word(owner: object, place: int) -> int:
    return ctypes.c_size_t.from_address(id(owner) + place).value


def _half(owner: object, place: int) -> int:
    return ctypes.c_uint32.from_address(id(owner) + place).value
