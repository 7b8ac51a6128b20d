"""A program's tree -> every place where a name stands, and which name it is.

Law: a name in a function or rule is its own where it is a parameter or assigned there; else it is the program's. So a
renaming that follows this table changes neither what a program means nor a name that only looks the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lang.check.outline import assigned
from lang.fact import Fact
from lang.source import Span
from lang.syntax import tree, walk
from lang.transform.expressions import mentions

PROGRAM, FUNCTION = 0, -1
"""Scopes: the program's values, its functions; a function's or rule's own names have its place + 1."""


@dataclass(frozen=True)
class Place:
    """Where a name stands.

    Attributes:
        name, span: the name and its place.
        scope: whose name it is.
        gives: does it get its value, or its meaning, here?
    """

    name: str
    span: Span
    scope: int
    gives: bool = False


def places(program: tree.Program) -> list[Place]:
    """Every place of every name of the program, in the order of the text."""
    return sorted(_block(program.body, PROGRAM, frozenset()), key=lambda each: each.span)


def _block(body: tree.Block, scope: int, own: frozenset[str]) -> Iterator[Place]:
    pending: list[object] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending.extend(node)
            continue
        if isinstance(node, tree.Function):
            yield from _function(node)
            continue
        if isinstance(node, tree.Rule):
            yield from _rule(node)
            continue
        yield from _own(node, scope, own)
        pending.extend(_inside(node))


def _inside(node: object) -> Iterator[object]:
    """The parts of a node that are not names in a place of their own."""
    match node:
        case tree.Assign():
            yield node.values
        case tree.Input():
            yield node.default
        case tree.For():
            yield from (node.bounds, node.body)
        case tree.Command():
            yield from (node.at, node.along)
        case tree.Setting():
            yield node.value
        case tree.Pop() | tree.Name() | None:
            return
        case Fact():
            yield from walk.parts(node)


def _own(node: object, scope: int, own: frozenset[str]) -> Iterator[Place]:
    """The names that a node itself holds."""

    def at(name: tree.Name, gives: bool = False) -> Place:
        return Place(name.name, name.span, scope if name.name in own else PROGRAM, gives)

    match node:
        case tree.Name():
            yield at(node)
        case tree.Assign():
            yield from (at(each, True) for each in node.targets)
        case tree.Input() | tree.For() | tree.Pop():
            yield at(node.target, True)
        case tree.Apply() | tree.Derivative():
            yield Place(node.function, node.name_span, FUNCTION)
        case tree.Command():
            yield from (at(each) for each in (*node.targets, *node.wrt))
        case tree.Setting():
            yield at(node.name)


def _function(node: tree.Function) -> Iterator[Place]:
    scope = node.span[0] + 1
    own = frozenset(each.name for each in (*node.parameters, *assigned(node.body)))
    yield Place(node.name.name, node.name.span, FUNCTION, True)
    yield from (Place(each.name, each.span, scope, True) for each in node.parameters)
    yield from _block(node.body, scope, own)


def _rule(node: tree.Rule) -> Iterator[Place]:
    """A rule's own names are its operands, its result and their differentials."""
    scope = node.span[0] + 1
    left = node.left
    operands = [each for each in getattr(left, "arguments", ()) if isinstance(each, tree.Name)]
    named = {node.result.name, *(each.name for each in operands)}
    own = frozenset({*named, *("d" + each for each in named)})
    if isinstance(left, tree.Apply):
        yield Place(left.function, left.name_span, FUNCTION)
    for each in (node.result, *operands, node.differential):
        yield Place(each.name, each.span, scope, True)
    clauses = tuple(clause.value for clause in node.clauses)
    yield from _block((node.right, *clauses), scope, own)  # type: ignore[arg-type]


class Waiting:
    """Which names wait for which inputs, by what the text reads; every question takes time that grows with the text.

    Attributes:
        inputs: the inputs, and whether each has a value of its own.
    """

    def __init__(self, program: tree.Program) -> None:
        self.inputs: dict[str, bool] = {}
        self._reads: dict[str, set[str]] = {}
        for node, under in _flat(program.body):
            if isinstance(node, tree.Input):
                self.inputs[node.target.name] = node.default is not None
            elif isinstance(node, tree.Assign):
                read = {name for value in node.values for name in mentions(value)} | under
                for each in node.targets:
                    self._reads.setdefault(each.name, set()).update(read)

    def open(self) -> list[str]:
        """The inputs without a value of their own, in the order of the text."""
        return [name for name, valued in self.inputs.items() if not valued]

    def needs(self, name: str) -> list[str]:
        """The inputs without a value that a name waits for, in the order of the text."""
        behind = _reached([name], self._reads)
        return [each for each in self.open() if each in behind]

    def after(self, names: Iterable[str]) -> set[str]:
        """These names, and all that are made from them."""
        readers: dict[str, list[str]] = {}
        for name, read in self._reads.items():
            for each in read:
                readers.setdefault(each, []).append(name)
        return _reached(names, readers)


def _reached(names: Iterable[str], onward: Mapping[str, Iterable[str]]) -> set[str]:
    found = set(names)
    pending = list(found)
    while pending:
        for each in onward.get(pending.pop(), ()):
            if each not in found:
                found.add(each)
                pending.append(each)
    return found


def _flat(body: tree.Block) -> Iterator[tuple[tree.Statement, frozenset[str]]]:
    """The statements of a block and of the blocks in it, with the names that decide whether they run."""
    pending = [(each, frozenset[str]()) for each in reversed(body)]
    while pending:
        node, under = pending.pop()
        yield node, under
        if isinstance(node, tree.If):
            tests = under.union(*(mentions(test) for test, _ in node.branches))
            blocks = [*(block for _, block in node.branches), node.otherwise or ()]
            pending.extend((each, tests) for block in reversed(blocks) for each in reversed(block))
        elif isinstance(node, tree.While | tree.For):
            bounds = [node.condition] if isinstance(node, tree.While) else list(node.bounds)
            inner = under.union(*map(mentions, bounds))
            pending.extend((each, inner) for each in reversed(node.body))
