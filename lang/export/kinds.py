"""A program's routines -> which names always hold a boolean.

Law: a name of which one statement gives a number is a number everywhere; C then has its booleans as 0 and 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from lang.export import listing, walk

NUMBER, BOOLEAN = 1, 2
BOOLEAN_FUNCTIONS = frozenset(("<", "<=", ">", ">=", "==", "!=", "and", "or", "not"))


class Kinds:
    """What the names of some routines hold, and what the routines give.

    Args:
        routines: the program and everything it calls.
    """

    def __init__(self, routines: Iterable[listing.Routine]) -> None:
        self.bits: defaultdict[tuple[int, str], int] = defaultdict(int)
        self.given: defaultdict[int, int] = defaultdict(int)
        self._waiting = {id(each): each for each in routines}
        self._callers: defaultdict[int, dict[int, listing.Routine]] = defaultdict(dict)
        while self._waiting:
            _, routine = self._waiting.popitem()
            for statement in walk.statements(routine.body):
                self._statement(statement, routine)

    def boolean(self, routine: listing.Routine, name: str) -> bool:
        """Does the name always hold a boolean there?"""
        return self.bits[id(routine), name] == BOOLEAN

    def gives_boolean(self, routine: listing.Routine) -> bool:
        """Does a call always give a boolean?"""
        return self.given[id(routine)] == BOOLEAN

    def _statement(self, statement: listing.Statement, routine: listing.Routine) -> None:
        match statement:
            case listing.Assign() if statement.target:
                self._add(routine, statement.target, self._kind(statement.value, routine))
            case listing.Return() if len(statement.values) == 1:
                self._give(routine, self._kind(statement.values[0], routine))
            case _:
                for name in walk.targets_of(statement):
                    self._add(routine, name, NUMBER)
        for each in walk.all_expressions(statement):
            if isinstance(each, listing.Use):
                self._callers[id(each.routine)][id(routine)] = routine
                for name, argument in zip(each.routine.parameters, each.arguments, strict=True):
                    self._add(each.routine, name, self._kind(argument, routine))

    def _give(self, routine: listing.Routine, kind: int) -> None:
        """A routine gives this kind; those who call it look again where that is new."""
        if kind & ~self.given[id(routine)]:
            self.given[id(routine)] |= kind
            self._waiting.update(self._callers[id(routine)])

    def _add(self, routine: listing.Routine, name: str, kind: int) -> None:
        """A name of a routine holds this kind; it looks again where that is new."""
        key = id(routine), name
        if kind & ~self.bits[key]:
            self.bits[key] |= kind
            self._waiting[id(routine)] = routine

    def _kind(self, value: listing.Expression, routine: listing.Routine) -> int:
        match value:
            case bool():
                return BOOLEAN
            case str():
                return self.bits[id(routine), value]
            case listing.Use():
                return self.given[id(value.routine)]
            case listing.Apply(function="where"):
                return self._kind(value.arguments[1], routine) | self._kind(value.arguments[2], routine)
            case listing.Apply() if value.function in BOOLEAN_FUNCTIONS:
                return BOOLEAN
            case _:
                return NUMBER
