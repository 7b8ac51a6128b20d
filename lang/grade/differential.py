"""An expression of a statement -> its differential, in one piece; and the same with one rule misapplied.

Law: the derivative knowledge is `grammar/rules.ad`, in the form slides print it; nothing here knows a function by name.

A person differentiates a statement as it stands, not split into single operations, so the parts' differentials are put
into the rules from the inside out: `sin(x * y)` gives `cos(x * y) * (y * dx + x * dy)`. A mistake in one place is the
same walk with another right side at that place (`replaced`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lang.rules import Primitive, restrict, table
from lang.syntax import tree
from lang.syntax.walk import bottom_up, operands, with_operands
from lang.transform.expressions import NOWHERE, apply, constant, substitute

Expression = tree.Expression
Moving = Mapping[str, Expression]
Functions = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Place:
    """An operation in a statement whose rule somebody has to apply.

    Attributes:
        index: its number in the statement, innermost and leftmost first.
        primitive: the line of the table.
        node: the operation.
        active: its operands that move.
        rule: the right side of its rule with only these operands' differentials, as slides print it.
    """

    index: int
    primitive: Primitive
    node: tree.Apply
    active: tuple[int, ...]
    rule: Expression

    @property
    def node_of_parameters(self) -> Expression:
        """The operation on the parameters of its rule."""
        left = self.primitive.rule.left
        assert isinstance(left, tree.Apply)
        return left

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Each operand that moves, with its differential."""
        return tuple((self.primitive.parameters[at], self.primitive.differentials[at]) for at in self.active)


@dataclass
class Differential:
    """The walk over one expression.

    Args:
        moving: the differential of each name that moves.
        functions: the parameters of the program's own functions.
        replaced: other right sides, by the number of their place.
    """

    moving: Moving
    functions: Functions = field(default_factory=dict)
    replaced: Mapping[int, Expression] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)

    def of(self, expression: Expression) -> Expression | None:
        """The differential; None where nothing in the expression moves."""
        self.places = []
        return bottom_up(expression, self._node, _carrying)

    def _node(self, node: Expression, parts: tuple[Expression | None, ...]) -> Expression | None:
        if isinstance(node, tree.Name):
            return self.moving.get(node.name)
        if all(part is None for part in parts):
            return None
        if isinstance(node, tree.Choice):
            then, otherwise = (part or constant(0.0) for part in parts[1:])
            return tree.Choice(node.condition, then, otherwise, NOWHERE)
        if isinstance(node, tree.Derivative):
            return self._called(node.function, node.primes, node.by, node.arguments, parts)
        assert isinstance(node, tree.Apply)
        primitive = table().find(node.function, len(node.arguments))
        if primitive is None:
            return self._called(node.function, 0, (), node.arguments, parts)
        return self._ruled(primitive, node, parts)

    def _ruled(self, primitive: Primitive, node: tree.Apply, parts: tuple[Expression | None, ...]) -> Expression | None:
        active = tuple(at for at, part in enumerate(parts) if part is not None)
        rule = _slide(primitive, active)
        if rule is None:
            return None
        index = len(self.places)
        self.places.append(Place(index, primitive, node, active, rule))
        words: dict[str, Expression] = dict(zip(primitive.parameters, node.arguments, strict=True))
        words[primitive.rule.result.name] = node
        words |= {d: part or constant(0.0) for d, part in zip(primitive.differentials, parts, strict=True)}
        return substitute(self.replaced.get(index, rule), words)

    def _called(
        self,
        function: str,
        primes: int,
        by: tuple[tree.Name, ...],
        arguments: tuple[Expression, ...],
        parts: tuple[Expression | None, ...],
    ) -> Expression:
        """A call of the program's own function: its partial by each operand that moves, times that one's movement."""
        total: Expression | None = None
        for parameter, part in zip(self.functions[function], parts, strict=True):
            if part is None:
                continue
            one = len(arguments) == 1
            names = () if one else (*by, tree.Name(parameter, NOWHERE))
            partial = tree.Derivative(function, primes + 1, names, arguments, NOWHERE, NOWHERE)
            if not one:
                partial = tree.Derivative(function, 1, names, arguments, NOWHERE, NOWHERE)
            term = apply("*", partial, part)
            total = term if total is None else apply("+", total, term)
        assert total is not None
        return total


def _slide(primitive: Primitive, active: tuple[int, ...]) -> Expression | None:
    """A rule as slides print it, with the differentials of these operands only; found once for each."""
    key = (id(primitive), active)
    if key not in _SLIDES:
        kept = {primitive.differentials[at] for at in active}
        rule = restrict(primitive.lecture or primitive.differential, kept, set(primitive.differentials))
        _SLIDES[key] = (primitive, rule)
    return _SLIDES[key][1]


_SLIDES: dict[tuple[int, tuple[int, ...]], tuple[Primitive, Expression | None]] = {}
"""What was found, with its primitive, so that no other one gets that one's `id`."""


def _carrying(node: Expression) -> tuple[Expression, ...]:
    """The operands through which a derivative may come in: a condition has none."""
    return () if isinstance(node, tree.Compare | tree.Logic) else operands(node)


def differential(expression: Expression, moving: Moving, functions: Functions) -> Expression | None:
    """The differential of an expression; None where nothing in it moves."""
    return Differential(moving, functions).of(expression)


def places(expression: Expression, moving: Moving, functions: Functions) -> list[Place]:
    """The operations whose rules the differential of an expression applies."""
    walk = Differential(moving, functions)
    walk.of(expression)
    return walk.places


def variants(expression: Expression, change: object) -> Iterator[Expression]:
    """The expression with one part changed, in each way `change` offers.

    Args:
        change: a function from a part to an iterator of what may stand in its place.
    """
    pending: list[tuple[Expression, tuple[tuple[Expression, int], ...]]] = [(expression, ())]
    while pending:
        node, path = pending.pop()
        for new in change(node):  # type: ignore[operator]
            yield _put(new, path)
        if isinstance(node, tree.Apply | tree.Choice):
            pending.extend((each, (*path, (node, at))) for at, each in enumerate(operands(node)))


def _put(new: Expression, path: tuple[tuple[Expression, int], ...]) -> Expression:
    """The whole expression again, with a new part at the end of the path."""
    for parent, at in reversed(path):
        parts = operands(parent)
        new = with_operands(parent, (*parts[:at], new, *parts[at + 1 :]))
    return new
