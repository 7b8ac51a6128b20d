"""Walks over blocks inside blocks, as deep as they are, without Python's stack.

Law: a walk is a generator that yields the walk over an inner block and receives its result. Only steps that hold blocks
cost a generator; the others are plain calls.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

Walk = Generator["Walk", Any, Any]


def drive(walk: Walk) -> Any:
    """Run a walk to its end; its result."""
    stack = [walk]
    result: Any = None
    while stack:
        try:
            inner = stack[-1].send(result)
        except StopIteration as end:
            stack.pop()
            result = end.value
        else:
            stack.append(inner)
            result = None
    return result
