"""An expression with holes -> the operations that lowering would make of it, to be done on what fills the holes.

Law: the operations and their order are those of `lang.steps.lower`, and a place in the frame stands for each operand:

    x * g + 2    with x, g at 3, 0 of a filling of 4    ->    * of 3, 0;  + of 5, 4        4 is the 2, 5 is x * g
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from lang.rules import Primitive, table
from lang.steps import form
from lang.steps.lower import CONSTANTS
from lang.syntax import tree
from lang.syntax.walk import operands
from lang.transform.expressions import value_of

HEIGHT = 100
"""Expressions higher than this are walked through without recursion; only a user's own rule can be."""

Frame = list[Any]
"""What the operations of an expression find their operands in: a filling, then constants and other names, then the
values of the operations so far."""
Take = Callable[[Frame], tuple[Any, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Code:
    """An expression as operations, as lowering would give them.

    Attributes:
        operations: in order, each with what takes its operands out of the frame.
        others: the constants and other names, which stand in the frame behind the filling.
        root: where the expression's own value is in the frame, in the end.
        only: the operation of an expression that is one operation on what stands in its holes.
    """

    operations: tuple[tuple[Primitive, Take], ...]
    others: tuple[form.Operand, ...]
    root: int
    only: tuple[Primitive, Take] | None


def coded(expression: tree.Expression, places: Mapping[str, int]) -> Code | None:
    """An expression as operations, in the order of `lang.steps.lower`; None where it is more than that."""
    coding = _Coding(places)
    root = coding.place(expression) if is_low(expression) else None
    if root is None:
        return None
    behind = coding.width + len(coding.others)

    def settled(place: int) -> int:
        return place if place >= 0 else behind + ~place

    made = [(each, take([settled(place) for place in operands])) for each, operands in coding.made]
    only = made[0] if len(made) == 1 and not coding.others else None
    return Code(tuple(made), tuple(coding.others), settled(root), only)


def take(places: Sequence[int]) -> Take:
    """What takes the values at some places out of a frame or filling."""
    if not places:
        return lambda frame: ()
    if len(places) > 1:
        return itemgetter(*places)
    (place,) = places
    return lambda frame: (frame[place],)


class _Coding:
    """Makes operations of an expression; the value of an operation is ~ its number until all are made."""

    def __init__(self, places: Mapping[str, int]) -> None:
        self.places = places
        self.width = 1 + max(places.values(), default=0)
        self.others: list[form.Operand] = []
        self.made: list[tuple[Primitive, list[int]]] = []

    def place(self, node: tree.Expression) -> int | None:
        """Where the value of an expression is; None where it is more than primitives on numbers."""
        if isinstance(node, tree.Name):
            if node.name in self.places:
                return self.places[node.name]
            return self.other(CONSTANTS.get(node.name, node.name))
        if isinstance(node, tree.Number):
            return self.other(node.value)
        if not isinstance(node, tree.Apply):
            return None
        if len(node.arguments) == 1 and isinstance(node.arguments[0], tree.Number):
            value = value_of(node)  # a sign and a number are a number
            return None if value is None else self.other(value)
        given = [self.place(each) for each in node.arguments]
        primitive = table().find(node.function, len(given))
        if primitive is None or primitive.discrete or any(each is None for each in given):
            return None
        self.made.append((primitive, [each for each in given if each is not None]))
        return ~(len(self.made) - 1)

    def other(self, value: form.Operand) -> int:
        """The place of a constant, or of a name that is no hole."""
        self.others.append(value)
        return self.width + len(self.others) - 1


def is_low(expression: tree.Expression) -> bool:
    """Can an expression be walked through by recursion?"""
    level: list[tree.Expression] = [expression]
    for _ in range(HEIGHT):
        level = [each for node in level for each in operands(node)]
        if not level:
            return True
    return False
