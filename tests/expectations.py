"""The promises that programs make (`# => value`), as the tests of this project read them; see `lang.grade.promises`."""

from __future__ import annotations

from lang.grade.promises import (
    NUMBER,
    PROMISE,
    QUESTION,
    broken,
    chunks,
    count,
    inputs,
    same_text,
    same_value,
    same_values,
)

__all__ = [
    "NUMBER",
    "PROMISE",
    "QUESTION",
    "broken",
    "chunks",
    "count",
    "inputs",
    "same_text",
    "same_value",
    "same_values",
]
