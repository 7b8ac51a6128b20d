"""A straight unit -> a function of columns, in NumPy: for machines where there is no compiler.

Law: one NumPy statement an operation; a row is either answered or marked, as in machine code.

NumPy's `sin`, `exp` and so on may differ from the C library's in the last place; `exact` uses only what gives the same
bits (`+ - * /`, negation, `sqrt`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lang.backend.python.scope import OPERATORS, SILENT
from lang.backend.rows.look import looks
from lang.backend.unit import Unavailable, Unit
from lang.kernels import FAST, arithmetic
from lang.steps import form

if TYPE_CHECKING:
    import numpy as np

    from lang.backend.rows.shares import Share

    Array = np.ndarray[Any, Any]

HELD = 8 << 20
"""Doubles that the columns of one block may hold together."""
BLOCK = 16_384
"""Rows a block at most: a column of doubles is then 128 KiB, and several stay in a core's cache."""


def _ufuncs(exact: bool) -> dict[Any, Any]:
    import numpy as np

    same = {
        math.sqrt: np.sqrt, abs: np.abs,
        arithmetic.square: lambda a: a * a, arithmetic.raw_inverse: lambda a: 1.0 / a,
    }  # fmt: skip
    more = {
        math.sin: np.sin, math.cos: np.cos, math.tan: np.tan, math.exp: np.exp, math.log: np.log, math.exp2: np.exp2,
        math.expm1: np.expm1, math.log2: np.log2, math.log10: np.log10, math.log1p: np.log1p, math.asin: np.arcsin,
        math.acos: np.arccos, math.atan: np.arctan, math.sinh: np.sinh, math.cosh: np.cosh, math.tanh: np.tanh,
        math.asinh: np.arcsinh, math.acosh: np.arccosh, math.atanh: np.arctanh, math.pow: np.power,
        arithmetic.raw_hypot: np.hypot, math.atan2: np.arctan2,
    }  # fmt: skip
    return same if exact else same | more


class Columns:
    """A straight unit on whole columns.

    Raises:
        Unavailable: the unit branches, loops, calls, or uses a function that NumPy has not (or not with the same bits).
    """

    def __init__(self, unit: Unit, exact: bool) -> None:
        self.unit = unit
        known = _ufuncs(exact)
        names: dict[str, str] = {}
        bound: dict[str, Any] = {}
        lines: list[str] = []

        def word(operand: form.Operand) -> str:
            if isinstance(operand, str):
                return names.setdefault(operand, f"v{len(names)}")
            return f"({operand!r})"

        steps = [step for step in unit.steps if not isinstance(step, SILENT)]
        for step in steps:
            if isinstance(step, form.Operation):
                key = (step.primitive.name, step.primitive.arity)
                words = [word(each) for each in step.arguments]
                if key in OPERATORS:
                    text = f" {key[0]} ".join(words) if len(words) == 2 else f"{key[0]}{words[0]}"
                elif FAST[key] in known:
                    bound[f"f{len(bound)}"] = known[FAST[key]]
                    text = f"f{len(bound) - 1}({', '.join(words)})"
                else:
                    raise Unavailable(f"`{key[0]}` is not computed in columns{' with the same bits' * exact}")
            elif isinstance(step, form.Copy):
                text = word(step.source)
            elif isinstance(step, form.Input) and step.target in unit.inputs:
                text = f"columns[{unit.inputs.index(step.target)}]"
            else:
                raise Unavailable("rows take different ways through this program, so each is computed alone")
            lines.append(f" {word(getattr(step, 'target', ''))} = {text}")
        targets = [str(getattr(step, "target", "")) for step in steps]
        if len(set(targets)) < len(targets):
            raise Unavailable("a name is assigned again, so each row is computed alone")
        at_end = [targets[index] for index in sorted(looks(list(steps)))]
        lines.append(f" return ({''.join(word(each) + ', ' for each in unit.results)}), "
                     f"({''.join(word(each) + ', ' for each in at_end)})")  # fmt: skip
        scope: dict[str, Any] = {"__builtins__": {}, **bound}
        exec("def main(columns):\n" + "\n".join(lines), scope)  # noqa: S102 - written here from steps, names are positions
        self.function: Callable[..., tuple[tuple[Any, ...], tuple[Any, ...]]] = scope["main"]
        self.block = max(256, min(BLOCK, HELD // max(1, len(steps))))

    lanes, joins, scratch, least = 1, True, 0, 1024
    share: Share | None = None

    def __call__(
        self, rows: Array, values: Array, slopes: Array | None, bad: Array, stop: Array, scratch: Array | None
    ) -> tuple[int, dict[int, str]]:
        """Answer rows; see `LaneCode`."""
        import numpy as np

        with np.errstate(all="ignore"):
            results, looked = self.function([np.ascontiguousarray(column) for column in rows.T])
            marked: Any = ~np.isfinite(rows).all(axis=1)
            values[:] = results[0]
            for at, each in enumerate(results[1:]):
                assert slopes is not None
                slopes[:, at] = each
            for each in looked:
                marked |= ~np.isfinite(each)
        bad[:] = marked
        return int(np.count_nonzero(marked)), {}
