"""An expression -> every name in it can be read and every call means a function, in the order of the text.

Law: one walk with a stack of its own; what is right costs one look-up for a name, and only what is not
found at once is looked at closer (`reading`, `calls`).
"""

from __future__ import annotations

from lang.check.calls import call
from lang.check.derivatives import derivative
from lang.check.desk import Desk
from lang.check.reading import read
from lang.syntax import tree

OPERATORS = frozenset(("+", "-", "*", "/", "//", "%", "**"))


def value(desk: Desk, root: tree.Expression, wanted: int = 1) -> None:
    """Check an expression.

    Args:
        wanted: how many results are taken, where it is a call (`calls.ANY`: as many as there are).
    """
    known = desk.names.known
    sometimes = False
    pending: list[tree.Expression] = [root]
    while pending:
        node = pending.pop()
        kind = type(node)
        if kind is tree.Name:
            if node.name not in known:  # type: ignore[union-attr]
                read(desk, node, sometimes)  # type: ignore[arg-type]
        elif isinstance(node, tree.Apply):
            if node.function not in OPERATORS:
                call(desk, node, wanted if node is root else 1)
            pending.extend(node.arguments[::-1])
        elif kind is tree.Number:
            pass
        elif isinstance(node, tree.Derivative):
            derivative(desk, node, wanted if node is root else 1)
            pending.extend(node.arguments[::-1])
        elif isinstance(node, tree.Choice):
            sometimes = True
            pending.extend((node.otherwise, node.condition, node.then))
        elif isinstance(node, tree.Compare | tree.Logic):
            sometimes = sometimes or len(node.operands) > 2 or isinstance(node, tree.Logic)
            pending.extend(node.operands[::-1])
