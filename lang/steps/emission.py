"""Steps, emitted one after another into the block that is being filled: what lowering of every kind stands on.

Law: nothing recurses. What is still to be done is a stack of tasks; what they leave for each other is a stack of
operands, so depth is bounded by memory alone (blocks inside blocks by `BLOCK_DEPTH`, as in Python):

    x * y + 1      tasks: evaluate x, evaluate y, apply *, evaluate 1, apply +      operands: x  x,y  t1  t1,1  t2
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from lang.clock import EVERY, look
from lang.rules import Table, table
from lang.source import Source, Span
from lang.steps import form
from lang.syntax import tree

Task = tuple[Callable[..., None], tuple[Any, ...]]


class Emission:
    """The steps of one scope while they are written: a program's own, or one function's.

    Args:
        source: the text that spans point into.
        taken: names that temporaries must not use.
        variables: names that are variables here; any other name is a constant of the language.
        outside: names of the program around a function, which temporaries must not use either.
    """

    def __init__(
        self, source: Source, taken: set[str], variables: set[str], outside: Container[str] = frozenset()
    ) -> None:
        self.source = source
        self.taken = taken
        self.variables = variables
        self.outside = outside
        self.table: Table = table()
        self.block: form.Block = []
        self.depth = 0
        self.temporaries = 0
        self._tasks: list[Task] = []
        self._values: list[form.Operand] = []

    def temporary(self) -> str:
        """A fresh name `t1`, `t2`, ... that the program does not use."""
        while True:
            self.temporaries += 1
            name = f"t{self.temporaries}"
            if name not in self.taken and name not in self.outside:
                return form.Temporary(name)

    # --- tasks ----------------------------------------------------------------------------------------------

    def _do(self, function: Callable[..., None], *arguments: Any) -> None:
        self._tasks.append((function, arguments))

    def _drain(self, level: int) -> None:
        tasks, left = self._tasks, EVERY
        while len(tasks) > level:
            function, arguments = tasks.pop()
            function(*arguments)
            left -= 1
            if not left:
                span = getattr(arguments[0], "span", None) if arguments else None
                look("taking the program apart", span=span, source=self.source)
                left = EVERY

    def _enter(self, block: form.Block, deeper: int) -> None:
        self.block = block
        self.depth += deeper

    def _into(self, block: form.Block, inside: Callable[[], None], deeper: int = 0) -> None:
        """Schedule: switch to a block, do what `inside` schedules, switch back."""
        self._do(self._enter, self.block, -deeper)
        inside()
        self._do(self._enter, block, deeper)

    # --- operands -------------------------------------------------------------------------------------------

    def _leaf(self, operand: form.Operand, target: str | None, span: Span) -> None:
        if target is not None:
            self.block.append(form.Copy(target, operand, span))
            operand = target
        self._values.append(operand)

    def _pop(self, count: int) -> tuple[form.Operand, ...]:
        found = tuple(self._values[len(self._values) - count :]) if count else ()
        del self._values[len(self._values) - count :]
        return found

    def _evaluate(self, node: tree.Expression, target: str | None) -> None:
        """Schedule an expression: leaves its operand on the stack; into `target` where one is given."""
        raise NotImplementedError

    def _store(self, node: tree.Expression, target: str) -> None:
        self._do(self._drop)
        self._do(self._evaluate, node, target)

    def _drop(self) -> None:
        self._values.pop()
