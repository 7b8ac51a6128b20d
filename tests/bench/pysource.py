"""A workload -> the Python function that libraries trace or differentiate: `f(p, m)`, of a point and a namespace.

Law: it is written as that library's users would write it: arrays for those that have them, else numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.bench.workloads import TURN, Workload

RECURSION = """s, y = p[0], p[1]
    def g(n):
        return s if n < 2 else m.sin(g(n - 1)) + y * g(n - 2)
    z = g({size})"""


def text(work: Workload, column: str = "", arrays: bool = True) -> str:
    """`def f(p, m)`; `column` indexes the rows of a batch."""
    if work.family in TURN:
        turn = TURN[work.family].replace("sin(", "m.sin(")
        body = ["s, y = p[0], p[1]", f"for i in range({work.size}):", f"    s = {turn}", "z = s * s"]
    elif work.family == "recursion":
        body = [RECURSION.format(size=work.size)]
    elif work.family == "rosenbrock":
        body = ["a, b = p[1:] - p[:-1] ** 2, 1 - p[:-1]", "z = (100 * a ** 2 + b ** 2).sum()"]
        if not arrays:
            term = "100 * (p[i + 1] - p[i] ** 2) ** 2 + (1 - p[i]) ** 2"
            body = ["z = 0", f"for i in range({work.size - 1}):", f"    z = z + {term}"]
    else:
        body = [f"{name} = p[{column}{at}]" for at, name in enumerate(work.point)]
        body += [f"{line.target} = {'m.' if len(line.op) > 1 else ''}{line.right}" for line in work.lines]
    return "def f(p, m):\n    " + "\n    ".join([*body, "return z"]) + "\n"


def function(work: Workload, column: str = "", arrays: bool = True) -> Callable[..., Any]:
    """The function of `text`."""
    made: dict[str, Any] = {}
    exec(text(work, column, arrays), made)
    found: Callable[..., Any] = made["f"]
    return found
