"""The value an input has when nothing is supplied -> made of numbers and built-in functions only.

Law: a default says the same in every run, so no name of the program and no function of it is in it.
"""

from __future__ import annotations

from lang.check.desk import Desk
from lang.check.expressions import OPERATORS, value
from lang.check.reading import function_as_value
from lang.check.scope import CONSTANTS
from lang.errors import CheckError
from lang.syntax import tree
from lang.syntax.walk import subexpressions


def default(desk: Desk, root: tree.Expression) -> None:
    """Check the default of an input.

    Raises:
        CheckError: it reads a name of the program, calls one of its functions, or is not right at all.
    """
    for node in subexpressions(root):
        if isinstance(node, tree.Name):
            plain_name(desk, node)
        elif isinstance(node, tree.Apply | tree.Derivative) and node.function not in OPERATORS:
            plain_function(desk, node)
    value(desk, root)


def plain_name(desk: Desk, node: tree.Name) -> None:
    """Raise unless a name in a default is a constant of the language."""
    if node.name in desk.builtin:
        raise function_as_value(desk, node.name, node.span)
    if node.name not in CONSTANTS or node.name in desk.top.known:
        raise CheckError(
            "the default of an input is made of numbers only",
            node.span,
            label=f"`{node.name}` is not a number",
            hint="write its value, or leave the default out",
        )


def plain_function(desk: Desk, node: tree.Apply | tree.Derivative) -> None:
    """Raise unless a function in a default is built in."""
    if node.function not in desk.builtin:
        raise CheckError(
            "the default of an input is made of numbers and built-in functions only",
            node.name_span,
            label=f"`{node.function}` is not built in",
            hint="write its value, or leave the default out",
        )
