"""Statements -> the same statements with other expressions in them.

Law: places are kept, and no walk over an expression recurses; what becomes of a node is said once, by the subclass.
"""

from __future__ import annotations

from lang.clock import watched
from lang.syntax import tree
from lang.syntax.walk import bottom_up, with_operands


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
        return tuple(self.statement(each) for each in watched(body, "writing the program anew"))

    def expression(self, expression: tree.Expression) -> tree.Expression:
        """An expression rebuilt."""
        return bottom_up(expression, self.rebuilt)
