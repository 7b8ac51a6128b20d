"""A statement of a derivative program before anybody has asked for it: what stands in which stencils.

Law: a line is one thing, seen as a statement by people and as steps by engines; both are the stencils' own, filled with
the same names, so that the steps are those that lowering the statement would give. Most derivative programs are asked
for by engines, and building trees only to take them apart took most of the time that a long one took.

    gx = y * ga + cos(x) * gb       the statement: a sum of two trees
                                    the steps: t1 = y * ga, t2 = cos(x), t3 = t2 * gb, gx = t1 + t3
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lang.clock import watched
from lang.rules import Primitive, table
from lang.source import Span
from lang.steps import form
from lang.steps.lower import CONSTANTS
from lang.syntax import tree
from lang.transform.coding import Code
from lang.transform.expressions import NOWHERE, name, operand, summed
from lang.transform.stencil import Filling, Stencil

Term = tuple[Stencil, Filling, Span | None]
"""A stencil, what stands in its holes, and the place it comes from, where that is told."""


@dataclass(slots=True, eq=False)
class Line:
    """`target = a sum of filled stencils`, each of which has code."""

    target: str
    terms: Sequence[Term]

    def statement(self) -> tree.Assign:
        """The line as a statement."""
        value = summed([filled(stencil, words) for stencil, words, _ in self.terms])
        origins = tuple(dict.fromkeys([origin for _, _, origin in self.terms if origin is not None]))
        return tree.Assign((name(self.target),), None, (value,), NOWHERE, origins)


@dataclass
class Derived:
    """A derivative program.

    Attributes:
        body: its statements.
        seeds: the name that holds the seed of each name derivatives are asked by (in reverse: of each result).
        derivatives: the name that holds the derivative of each result (in reverse: by each name asked by).
        results: the name that holds each value of the original program.
    """

    body: list[tree.Statement | Line]
    seeds: dict[str, str]
    derivatives: dict[str, str]
    results: dict[str, str] = field(default_factory=dict)


def filled(stencil: Stencil, words: Filling) -> tree.Expression:
    """A stencil with what stands in its holes."""
    return stencil.fill(stencil.right, {hole: operand(words[place]) for hole, place in stencil.holes})


def read(stencil: Stencil, words: Filling) -> list[str]:
    """The names that a filled stencil reads."""
    return [each for each in stencil.reads(words) if isinstance(each, str)]


def statements(body: Iterable[tree.Statement | Line]) -> tree.Block:
    """Lines and statements as statements."""
    made = watched(body, "writing the derivative program")
    return tuple([each.statement() if isinstance(each, Line) else each for each in made])


def steps(body: Sequence[tree.Statement | Line]) -> form.Block | None:
    """The steps of a program that is straight and numbers only; None for any other."""
    taken = {each.target if each.__class__ is Line else _target(each) for each in body}
    if None in taken or not taken.isdisjoint(CONSTANTS):
        return None
    writer = _Writer(taken)
    for each in watched(body, "taking the derivative program apart"):
        if each.__class__ is Line:
            writer.line(each)
        elif not writer.statement(each):  # type: ignore[arg-type]
            return None
    return writer.block


def _target(node: tree.Statement | Line) -> str | None:
    if isinstance(node, Line):
        return node.target
    if isinstance(node, tree.Assign):
        return node.targets[0].name if len(node.targets) == 1 and node.operator is None else None
    return node.target.name if isinstance(node, tree.Input) else None


def line(target: str, terms: Sequence[Term]) -> tree.Statement | Line:
    """A sum of filled stencils under a name: a line where each has code and nothing folds, else a statement."""
    found = Line(target, terms)
    for stencil, _, _ in terms:
        if stencil.code is None or (stencil.constant and len(terms) > 1):
            return found.statement()
    return found


class _Writer:
    """Writes steps; see `steps`."""

    def __init__(self, taken: set[str | None]) -> None:
        self.block: form.Block = []
        self.taken = taken
        self.temporaries = 0
        self.plus, self.minus = _operator("+"), _operator("-")

    def temporary(self) -> form.Temporary:
        """As in lowering: the next free one of `t1`, `t2`, ..."""
        while True:
            self.temporaries += 1
            word = f"t{self.temporaries}"
            if word not in self.taken:
                return form.Temporary(word)

    def statement(self, node: tree.Statement) -> bool:
        """An input, or a number or name under another name; False for anything else."""
        if isinstance(node, tree.Input):
            if node.default is not None:
                return False
            self.block.append(form.Input(node.target.name, None, node, node.span))
            return True
        assert isinstance(node, tree.Assign)
        value = node.values[0]
        if not isinstance(value, tree.Number | tree.Name):
            return False
        operand = value.value if isinstance(value, tree.Number) else CONSTANTS.get(value.name, value.name)
        self.block.append(form.Copy(node.targets[0].name, operand, value.span))
        return True

    def line(self, line: Line) -> None:
        """A line."""
        terms = line.terms
        left = len(terms) - 1
        stencil, words, _ = terms[0]
        code = stencil.code
        if not left and code is not None and code.only is not None:  # most lines are so
            primitive, given = code.only
            self.block.append(form.Operation(line.target, primitive, given(words), NOWHERE))
            return
        total = self.term(stencil.code, words, "" if left else line.target)
        for stencil, words, _ in terms[1:]:
            value = self.term(stencil.less or stencil.code, words, "")
            left -= 1
            target = self.temporary() if left else line.target
            operator = self.minus if stencil.less else self.plus
            self.block.append(form.Operation(target, operator, (total, value), NOWHERE))
            total = target

    def term(self, code: Code | None, words: Filling, target: str) -> form.Operand:
        """The steps of a filled stencil; the operand that holds its value, `target` where there is one."""
        assert code is not None
        operations, others = code.operations, code.others
        if len(operations) == 1:
            ((primitive, given),) = operations
            word = target or self.temporary()
            self.block.append(form.Operation(word, primitive, given([*words, *others] if others else words), NOWHERE))
            return word
        frame = [*words, *others]
        left = len(operations)
        for primitive, given in operations:
            left -= 1
            word = self.temporary() if left or not target else target
            self.block.append(form.Operation(word, primitive, given(frame), NOWHERE))
            frame.append(word)
        value: form.Operand = frame[code.root]
        if target and not operations:
            self.block.append(form.Copy(target, value, NOWHERE))
        return target or value


def _operator(sign: str) -> Primitive:
    found = table().find(sign, 2)
    assert found is not None
    return found
