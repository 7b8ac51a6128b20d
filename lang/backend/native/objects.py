"""Where CPython keeps what an object consists of, in bytes from its beginning.

Law: nothing is taken for granted: the places follow from the sizes that Python tells, and are looked at before machine
code relies on them. A tuple, for one, keeps its hash before its items since 3.14.
"""

from __future__ import annotations

import ctypes
import sys
import sysconfig
from functools import cache

TYPE, NUMBER, ITEMS = object.__basicsize__ - 8, float.__basicsize__ - 8, tuple.__basicsize__
"""An object's type, a float's number: the last word of each; a tuple's items: behind all that every tuple has."""


@cache
def known() -> bool:
    """Does this Python keep them there, and does one thread at a time use them?"""
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        return False
    number, other = 1.25, object()
    pair = (other, number)

    def word(owner: object, place: int) -> int:
        return ctypes.c_size_t.from_address(id(owner) + place).value

    typed = word(number, TYPE) == id(float) and word(pair, TYPE) == id(tuple)
    items = (word(pair, ITEMS), word(pair, ITEMS + 8)) == (id(other), id(number))
    return typed and items and ctypes.c_double.from_address(id(number) + NUMBER).value == number
