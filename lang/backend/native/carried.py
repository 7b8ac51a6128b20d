"""Values that a loop carries from turn to turn -> kept in memory while something is called.

Law: bits do not change; only where a value waits does.

A call changes all registers for floats, so LLVM keeps a value that lives on after it in memory from its birth to its
death: the next turn's first operation then fetches what the last one of this turn has just stored, and a loop like
`s = s + h * sin(y * s)` waits for that each turn. Here such a value is stored before the call and fetched after it,
and lives in a register otherwise (volatile, lest LLVM undo it).
"""

from __future__ import annotations

from lang.backend.native.processor import processor
from lang.backend.native.shape import NUMBER, Scope, Shape
from lang.backend.native.variables import Sites, Variables
from lang.backend.native.writer import Writer
from lang.steps import form
from lang.steps.walk import assigned


class Carried(Variables):
    """The names of one scope, some of them carried by a loop.

    Attributes:
        carried: the names that the innermost loop around gives values.
        fetched: for values that came from an earlier turn, how many calls there were when they were fetched.
        slots: where values wait.
        called: what the last call gave, if LLVM may move that call (past the place where values are fetched again).
    """

    def __init__(self, shape: Shape, scope: Scope, writer: Writer, sites: Sites) -> None:
        super().__init__(shape, scope, writer, sites)
        self.carried: frozenset[str] = frozenset()
        self.fetched: dict[str, int] = {}
        self.slots: dict[str, str] = {}
        self.called = ""

    def carry(self, *blocks: form.Block) -> frozenset[str]:
        """Enter a loop of these blocks; what was carried outside."""
        before = self.carried
        self.carried = frozenset(name for block in blocks for name in assigned(block))
        return before

    def read(self, operand: form.Operand) -> str:
        """The value of an operand."""
        if not isinstance(operand, str) or operand not in self.carried or self.kind(operand) != NUMBER:
            return super().read(operand)
        fresh = operand not in self.known
        value = super().read(operand)
        if fresh:
            self.fetched[value] = len(self.writer.marks)
        elif self.fetched.get(value, len(self.writer.marks)) < len(self.writer.marks):
            value = self.known[operand] = self._fetched_again(value)
        return value

    def _fetched_again(self, value: str) -> str:
        if value not in self.slots:
            self.slots[value] = self.writer.local("double")
            self.writer.marks[self.fetched[value]].append(f"  store volatile double {value}, ptr {self.slots[value]}")
        if self.called:
            # an empty piece of assembly holds the call and the fetch in order
            self.writer.add(f'call void asm sideeffect "", "{processor().floats}"(double {self.called})')
        again = self.writer.value(f"load volatile double, ptr {self.slots[value]}")
        self.slots[again], self.fetched[again] = self.slots[value], len(self.writer.marks)
        return again
