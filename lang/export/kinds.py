"""A program's routines -> which names always hold a boolean.

Law: a name of which one statement gives a number is a number everywhere; C then has its booleans as 0 and 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from lang.export import listing, walk

NUMBER, BOOLEAN = 1, 2
BOOLEAN_FUNCTIONS = frozenset(("<", "<=", ">", ">=", "==", "!=", "and", "or", "not"))


RESULT = ""
"""Stands for what a routine gives, where other keys have a name of it."""
Key = tuple[int, str]


class Kinds:
    """What the names of some routines hold, and what the routines give.

    Each statement is looked at once: it gives a name some kinds for certain, and whatever other names hold; a kind that
    a name turns out to hold then goes on to those that it is given to.

    Args:
        routines: the program and everything it calls.
    """

    def __init__(self, routines: Iterable[listing.Routine]) -> None:
        self.bits: defaultdict[Key, int] = defaultdict(int)
        self._goes_to: defaultdict[Key, list[Key]] = defaultdict(list)
        for routine in routines:
            for statement in walk.statements(routine.body):
                self._statement(statement, routine)
        pending = list(self.bits)
        while pending:
            key = pending.pop()
            for other in self._goes_to[key]:
                if self.bits[key] & ~self.bits[other]:
                    self.bits[other] |= self.bits[key]
                    pending.append(other)

    def boolean(self, routine: listing.Routine, name: str) -> bool:
        """Does the name always hold a boolean there?"""
        return self.bits[id(routine), name] == BOOLEAN

    def gives_boolean(self, routine: listing.Routine) -> bool:
        """Does a call always give a boolean?"""
        return self.bits[id(routine), RESULT] == BOOLEAN

    def _statement(self, statement: listing.Statement, routine: listing.Routine) -> None:
        match statement:
            case listing.Assign() if statement.target:
                self._given((id(routine), statement.target), statement.value, routine)
            case listing.Return() if len(statement.values) == 1:
                self._given((id(routine), RESULT), statement.values[0], routine)
            case _:
                for name in walk.targets_of(statement):
                    self.bits[id(routine), name] |= NUMBER
        for each in walk.all_expressions(statement):
            if isinstance(each, listing.Use):
                for name, argument in zip(each.routine.parameters, each.arguments, strict=True):
                    self._given((id(each.routine), name), argument, routine)

    def _given(self, key: Key, value: listing.Expression, routine: listing.Routine) -> None:
        """A name, or what a routine gives, is given a value."""
        match value:
            case str():
                self._goes_to[id(routine), value].append(key)
            case listing.Use():
                self._goes_to[id(value.routine), RESULT].append(key)
            case listing.Apply(function="where"):
                for each in value.arguments[1:]:
                    self._given(key, each, routine)
            case bool():
                self.bits[key] |= BOOLEAN
            case listing.Apply() if value.function in BOOLEAN_FUNCTIONS:
                self.bits[key] |= BOOLEAN
            case _:
                self.bits[key] |= NUMBER
