"""`p, q = a, b` and `p, q = f(x)` -> as many values as names, and no name twice."""

from __future__ import annotations

from lang.check.calls import call
from lang.check.derivatives import derivative
from lang.check.desk import Desk
from lang.check.expressions import value
from lang.check.words import count
from lang.errors import CheckError, Mark
from lang.source import Span
from lang.syntax import tree


def assign_several(desk: Desk, node: tree.Assign) -> None:
    """Check an assignment of several values, or to several names."""
    places: dict[str, Span] = {}
    for target in node.targets:
        if target.name in places:
            raise CheckError(
                f"`{target.name}` stands twice on the left",
                target.span,
                label="again",
                marks=(Mark(places[target.name], "first here"),),
                hint="give each value a name of its own",
            )
        places[target.name] = target.span
    names, values = len(node.targets), len(node.values)
    if values == 1 and isinstance(node.values[0], tree.Apply | tree.Derivative):
        unpack(desk, node.values[0], names)
    elif names != values:
        raise CheckError(
            f"{count(names, 'name')} on the left, {count(values, 'value')} on the right",
            (node.values[0].span[0], node.values[-1].span[1]),
            label=count(values, "value"),
            marks=(Mark((node.targets[0].span[0], node.targets[-1].span[1]), count(names, "name")),),
            hint="write a value for each name",
        )
    else:
        for each in node.values:
            value(desk, each)


def unpack(desk: Desk, node: tree.Apply | tree.Derivative, names: int) -> None:
    """Check a single call whose results several names take."""
    if isinstance(node, tree.Apply) and not node.function.isidentifier():
        raise CheckError(
            f"{count(names, 'name')} on the left, 1 value on the right",
            node.span,
            label="1 value",
            hint="write a value for each name",
        )
    if isinstance(node, tree.Derivative):
        derivative(desk, node, names)
    else:
        call(desk, node, names)
    for each in node.arguments:
        value(desk, each)
