"""Statements -> the same statements with other expressions in them.

Law: places are kept, and no walk over an expression recurses; what becomes of a node is said once, by the subclass.
"""

from __future__ import annotations

from lang.syntax import tree
from lang.syntax.walk import operands


class Rewriter:
    """Walks statements and rebuilds their expressions bottom up; a subclass says what becomes of a node."""

    def rebuilt(self, node: tree.Expression, parts: tuple[tree.Expression, ...]) -> tree.Expression:
        """What becomes of a node, given its new operands."""
        return with_operands(node, parts)

    def statement(self, node: tree.Statement) -> tree.Statement:
        """A statement with its expressions rebuilt; of a function and its rule those inside."""
        change = self.expression
        if isinstance(node, tree.Assign):
            return tree.Assign(node.targets, node.operator, tuple(map(change, node.values)), node.span)
        if isinstance(node, tree.Show):
            return tree.Show(tuple(map(change, node.values)), node.span)
        if isinstance(node, tree.Return):
            return tree.Return(tuple(map(change, node.values)), node.span)
        if isinstance(node, tree.Push):
            return tree.Push(change(node.value), node.stack, node.span)
        if isinstance(node, tree.If):
            branches = tuple((change(test), self.block(inner)) for test, inner in node.branches)
            return tree.If(branches, None if node.otherwise is None else self.block(node.otherwise), node.span)
        if isinstance(node, tree.While):
            return tree.While(change(node.condition), self.block(node.body), node.span)
        if isinstance(node, tree.For):
            return tree.For(node.target, tuple(map(change, node.bounds)), self.block(node.body), node.span)
        if isinstance(node, tree.Function):
            return tree.Function(node.name, node.parameters, self.block(node.body), node.short, node.span)
        if isinstance(node, tree.Rule):
            return tree.Rule(node.result, node.left, node.differential, change(node.right), node.clauses, node.span)
        return node

    def block(self, body: tree.Block) -> tree.Block:
        """The statements of a block."""
        return tuple(self.statement(each) for each in body)

    def expression(self, expression: tree.Expression) -> tree.Expression:
        """An expression rebuilt."""
        done: list[tree.Expression] = []
        pending: list[tuple[tree.Expression, bool]] = [(expression, False)]
        while pending:
            node, ready = pending.pop()
            if ready or isinstance(node, tree.Name | tree.Number):
                count = len(operands(node))
                parts = tuple(done[len(done) - count :])
                del done[len(done) - count :]
                done.append(self.rebuilt(node, parts))
            else:
                pending.append((node, True))
                pending.extend((each, False) for each in reversed(operands(node)))
        return done.pop()


def with_operands(node: tree.Expression, parts: tuple[tree.Expression, ...]) -> tree.Expression:
    """A node with other operands."""
    if isinstance(node, tree.Apply):
        return tree.Apply(node.function, parts, node.span, node.name_span)
    if isinstance(node, tree.Derivative):
        return tree.Derivative(node.function, node.primes, node.by, parts, node.span, node.name_span)
    if isinstance(node, tree.Compare):
        return tree.Compare(node.operators, parts, node.span)
    if isinstance(node, tree.Logic):
        return tree.Logic(node.operator, parts, node.span)
    if isinstance(node, tree.Choice):
        condition, then, otherwise = parts
        return tree.Choice(condition, then, otherwise, node.span)
    return node
