"""Expressions that call the program's own functions -> the same with the functions' bodies in their places.

Law: an expression keeps its value. A function whose body is no expression (a loop, a call of itself, a derivative rule
of its own) is left as a call.

A person differentiates `z = f(x, y)` with `f(a, b) = a * sin(b)` by looking into `f`; only there is the mistake that
was made a mistake in a rule of the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice

from lang.syntax import tree
from lang.syntax.walk import bottom_up, subexpressions, with_operands
from lang.transform.expressions import NOWHERE, substitute

MOST_NODES = 200
"""Of an expression that a body is put into."""


class Inliner:
    """Puts bodies in the places of calls.

    Args:
        body: the program.
    """

    def __init__(self, body: Iterable[tree.Statement]) -> None:
        nodes = list(body)
        ruled = {
            node.left.function for node in nodes if isinstance(node, tree.Rule) and isinstance(node.left, tree.Apply)
        }
        self.results: dict[str, tuple[tuple[str, ...], tuple[tree.Expression, ...]]] = {}
        for node in nodes:
            if isinstance(node, tree.Function) and node.name.name not in ruled:
                found = self._results(node.body, {})
                if found is not None and node.name.name not in {each for one in found for each in called(one)}:
                    self.results[node.name.name] = tuple(each.name for each in node.parameters), found

    def expression(self, whole: tree.Expression) -> tree.Expression:
        """The expression without the calls that have bodies."""
        found = bottom_up(whole, self._put)
        return whole if _size(found) > MOST_NODES else found

    def sides(self, node: tree.Assign) -> tuple[tree.Expression, ...] | None:
        """What each target of `p, q = f(x)` is given; None where that is no call of a function of so many results."""
        (value,) = node.values if len(node.values) == 1 else (None,)
        if not isinstance(value, tree.Apply) or value.function not in self.results:
            return None
        parameters, results = self.results[value.function]
        if len(results) != len(node.targets) or len(parameters) != len(value.arguments):
            return None
        words = dict(zip(parameters, value.arguments, strict=True))
        return tuple(self.expression(substitute(each, words, fold=False)) for each in results)

    def _results(self, body: tree.Block, known: Mapping[str, tree.Expression]) -> tuple[tree.Expression, ...] | None:
        """What a function's body gives, in its parameters; None where that is no expression."""
        words = dict(known)
        for node in body:
            if isinstance(node, tree.Assign) and node.operator is None and len(node.targets) == len(node.values):
                given = [self.expression(substitute(each, words, fold=False)) for each in node.values]
                words |= {target.name: each for target, each in zip(node.targets, given, strict=True)}
            elif isinstance(node, tree.Return):
                return tuple(self.expression(substitute(each, words, fold=False)) for each in node.values)
            elif isinstance(node, tree.If) and node is body[-1] and node.otherwise is not None:
                return self._chosen(node, words)
            else:
                return None
            if any(_size(each) > MOST_NODES for each in words.values()):
                return None
        return None

    def _chosen(self, node: tree.If, words: Mapping[str, tree.Expression]) -> tuple[tree.Expression, ...] | None:
        """A last `if` whose branches return, as a choice."""
        assert node.otherwise is not None
        found = self._results(node.otherwise, words)
        for condition, block in reversed(node.branches):
            then = self._results(block, words)
            if then is None or found is None or len(then) != len(found):
                return None
            test = self.expression(substitute(condition, words, fold=False))
            found = tuple(tree.Choice(test, one, other, NOWHERE) for one, other in zip(then, found, strict=True))
        return found

    def _put(self, node: tree.Expression, parts: tuple[tree.Expression, ...]) -> tree.Expression:
        if isinstance(node, tree.Apply) and parts:
            parameters, results = self.results.get(node.function, ((), ()))
            if len(results) == 1 and len(parameters) == len(parts):
                return substitute(results[0], dict(zip(parameters, parts, strict=True)), fold=False)
        return with_operands(node, parts)


def called(expression: tree.Expression) -> set[str]:
    """The functions that an expression calls."""
    return {each.function for each in subexpressions(expression) if isinstance(each, tree.Apply | tree.Derivative)}


def _size(expression: tree.Expression) -> int:
    """How many nodes, counted no further than needed."""
    return sum(1 for _ in islice(subexpressions(expression), MOST_NODES + 1))
