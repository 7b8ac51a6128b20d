"""A program -> the part of it that some of its names need.

Law: a statement stays if something that stays reads what it assigns. In a loop this is asked of the loop as a whole.
Saving and taking back (`push`, `pop`) always stay: what is on a stack is nobody's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lang.clock import watched
from lang.steps.program import assigned_names, read_names
from lang.steps.reach import Reach
from lang.steps.trail import Trail
from lang.syntax import tree
from lang.transform.expressions import NOWHERE
from lang.transform.lines import Line
from lang.transform.names import used_names

Saving = Callable[[set[str]], bool]
NEEDED = "looking for the statements that are needed"


def needed(
    body: Iterable[tree.Statement], names: Iterable[str], saving: Saving | None = None
) -> list[tree.Statement]:
    """The statements that these names need, in order; of a function's body also what its results need.

    Args:
        saving: is a function of one of these names, defined elsewhere, one whose calls save or take back, and stay?
    """
    statements = list(body)
    return _Slice(statements, saving).keep(statements, Trail(names))


def needed_lines(body: Iterable[tree.Statement | Line], names: Iterable[str]) -> list[tree.Statement | Line]:
    """The same for statements with lines among them."""
    everything = list(body)
    live = Trail(names)
    slicer = _Slice([each for each in everything if each.__class__ is not Line], None)  # type: ignore[misc]
    kept: list[tree.Statement | Line] = []
    for node in watched(everything[::-1], NEEDED):
        if node.__class__ is Line:
            if node.target in live:
                live.discard(node.target)
                for stencil, words, _ in node.terms:
                    live.update(stencil.reads(words))
                kept.append(node)
        else:
            found = slicer.kept(node, live)  # type: ignore[arg-type]
            if found is not None:
                kept.append(found)
    return kept[::-1]


class _Slice:
    def __init__(self, body: list[tree.Statement], saving: Saving | None) -> None:
        self.reads: dict[str, set[str]] = {}
        self.calls: dict[str, set[str]] = {}
        self.functions: set[str] = set()
        for node in body:
            if isinstance(node, tree.Function):
                own = {each.name for each in node.parameters} | assigned_names(node.body)
                self._learn(node.name.name, read_names(node.body) - own, used_names(node.body))
            elif isinstance(node, tree.Rule) and isinstance(node.left, tree.Apply):
                own = {each.name for each in node.left.arguments if isinstance(each, tree.Name)}
                self._learn(node.left.function, read_names((node.right,)) - own, used_names((node.right,)))
        self.reach = Reach(
            self.reads.__getitem__, lambda function: [each for each in self.calls[function] if each in self.reads]
        )
        self.effects = self._effects(body)
        self.saving = saving
        self.turns: dict[int, set[str]] = {}  # what turns of a loop need besides: never less when asked again

    def _effects(self, body: list[tree.Statement]) -> set[str]:
        """Functions that save or take back, or call one that does."""
        found = {node.name.name for node in body if isinstance(node, tree.Function) and _saves(node.body)}
        callers: dict[str, list[str]] = {}
        for each, calls in self.calls.items() if found else ():
            for called in calls:
                callers.setdefault(called, []).append(each)
        pending = list(found)
        while pending:
            more = [each for each in callers.get(pending.pop(), ()) if each not in found]
            found.update(more)
            pending.extend(more)
        return found

    def _has_effect(self, node: tree.Assign) -> bool:
        """Does it call a function that saves or takes back?"""
        if not self.effects and self.saving is None:
            return False
        words = used_names(node.values)
        return not self.effects.isdisjoint(words) or (self.saving is not None and self.saving(words))

    def _learn(self, function: str, reads: set[str], words: set[str]) -> None:
        self.reads.setdefault(function, set()).update(reads)
        self.calls.setdefault(function, set()).update(words)

    def uses(self, nodes: Iterable[object]) -> set[str]:
        """Names that nodes read, through the functions they call too; those functions are needed from now on."""
        words = used_names(nodes)
        if not self.reads:
            return words
        called = [word for word in words if word in self.reads]
        for each in called:
            words |= self.reach.of(each)
        while called:
            function = called.pop()
            if function not in self.functions:
                self.functions.add(function)
                called.extend(word for word in self.calls[function] if word in self.reads)
        return words

    def keep(self, body: Iterable[tree.Statement], live: Trail) -> list[tree.Statement]:
        """The statements of a block that names live after it need; `live` becomes what is needed before it."""
        kept: list[tree.Statement] = []
        for node in watched(list(body)[::-1], NEEDED):
            found = self.kept(node, live)
            if found is not None:
                kept.append(found)
        return kept[::-1]

    def kept(self, node: tree.Statement, live: Trail) -> tree.Statement | None:
        """What is kept of a statement; None for nothing. `live` becomes what is needed before it."""
        if isinstance(node, tree.Assign):
            targets = [each.name for each in node.targets]
            if live.isdisjoint(targets) and not self._has_effect(node):
                return None
            for each in targets:
                live.discard(each)
            live.update(self.uses(node.values))
            if node.operator is not None:
                live.update(targets)
        elif isinstance(node, tree.Input | tree.Pop):
            if isinstance(node, tree.Input) and node.target.name not in live:
                return None
            live.discard(node.target.name)
        elif isinstance(node, tree.Push | tree.Return):
            live.update(self.uses((node,)))
        elif isinstance(node, tree.Function):
            return node if node.name.name in self.functions else None
        elif isinstance(node, tree.Rule):
            left = node.left
            return node if isinstance(left, tree.Apply) and left.function in self.functions else None
        elif isinstance(node, tree.If):
            return self._if(node, live)
        elif isinstance(node, tree.While | tree.For):
            return self._loop(node, live)
        else:
            return None
        return node

    def _if(self, node: tree.If, live: Trail) -> tree.Statement | None:
        bodies = []
        came: set[str] = set()
        for body in (*(body for _, body in node.branches), node.otherwise or ()):
            live.begin()
            bodies.append(self.keep(body, live))
            came |= live.end().came
        live.update(came)
        if not any(bodies):
            return None
        live.update(self.uses(test for test, _ in node.branches))
        return branching([(test, body) for (test, _), body in zip(node.branches, bodies, strict=False)], bodies[-1])

    def _loop(self, node: tree.While | tree.For, live: Trail) -> tree.Statement | None:
        header = self.uses((node.condition,) if isinstance(node, tree.While) else node.bounds)
        counter = {node.target.name} if isinstance(node, tree.For) else set()  # each turn gives it its value anew
        inside = self.turns.setdefault(id(node), set())
        while True:
            live.begin()
            live.update(inside, header)
            body = self.keep(node.body, live)
            more = live.end().came - inside - counter
            if not more:
                break
            inside |= more
        if not body and isinstance(node, tree.For) and node.target.name in live:
            body = [tree.Assign((node.target,), None, (node.target,), NOWHERE)]
        if not body:
            return None
        live.update(inside, header)
        if isinstance(node, tree.While):
            return tree.While(node.condition, tuple(body), NOWHERE)
        return tree.For(node.target, node.bounds, tuple(body), NOWHERE)


def _saves(body: Iterable[tree.Statement]) -> bool:
    pending = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Push | tree.Pop):
            return True
        if isinstance(node, tree.If):
            pending.extend(each for _, block in node.branches for each in block)
            pending.extend(node.otherwise or ())
        elif isinstance(node, tree.While | tree.For):
            pending.extend(node.body)
    return False


def branching(
    branches: list[tuple[tree.Expression, list[tree.Statement]]], otherwise: list[tree.Statement]
) -> tree.If | None:
    """An `if` without empty branches: what an empty one kept from those after it becomes part of their conditions."""
    passed: list[tree.Expression] = []
    kept: list[tuple[tree.Expression, tuple[tree.Statement, ...]]] = []
    for test, body in branches:
        if not body:
            passed.append(tree.Logic("not", (test,), NOWHERE))
            continue
        for condition in reversed(passed):
            test = tree.Logic("and", (condition, test), NOWHERE)
        kept.append((test, tuple(body)))
    if not otherwise:
        return tree.If(tuple(kept), None, NOWHERE) if kept else None
    if not passed:
        return tree.If(tuple(kept), tuple(otherwise), NOWHERE)
    whole = passed[0]
    for condition in passed[1:]:
        whole = tree.Logic("and", (whole, condition), NOWHERE)
    return tree.If((*kept, (whole, tuple(otherwise))), None, NOWHERE)
