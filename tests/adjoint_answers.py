"""Programs with loops, branches and names assigned again -> adjoint programs as a person writes them, right and wrong.

Law: the right text is written from the program's statements alone, without the judge's own way back; each wrong one
has one line or one order of it changed, and is left out where its numbers are those of another.

    forward     push what a statement overwrites, push which branch was taken, count the turns of a `while`
    backward    the statements in reverse: pop, add to the operands' adjoints, give the result's adjoint its new value
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lang.errors import AdError
from lang.grade.change_contribution import contribution_candidates
from lang.grade.differential import differential
from lang.grade.exercise import Exercise
from lang.grade.inlining import Inliner
from lang.grade.marking import Marker
from lang.grade.outline import active, right_sides
from lang.grade.quantities import Contribution
from lang.program import Program
from lang.source import Source
from lang.syntax import tree
from lang.syntax.unparse import expression as written
from lang.syntax.unparse import unparse
from lang.transform.expressions import apply, mentions, name

NEWTON = "x = ?\ny = 1\nfor i in range(3):\n    y = (y + x / y) / 2\n"
POWERS = "x = ?\nz = 0\nfor i in range(1, 5):\n    z += x**i / i\n"
BRANCH = "x = ?\ny = ?\nz = 0\nif x > y:\n    z = x * y\nelse:\n    z = x / (1 + y**2)\nz = z * sin(x)\n"
AGAIN = "x = ?\ny = ?\nx = x * y\nx = sin(x)\nz = x + y * x\n"
TWO_STEPS = "x = ?\ny = 1\nt = 0\nfor i in range(3):\n    t = x * y\n    y = sin(t) + y / 2\nz = y * y\n"
WHILE = "x = ?\nz = x\nwhile z * z < 20:\n    z = z * 1.7 + exp(-x)\n"
SWAP = "x = ?\ny = ?\nfor i in range(2):\n    x, y = x * cos(y), x + y\nz = x - y\n"
INSIDE = "x = ?\ny = ?\nz = x\nfor i in range(3):\n    if z > y:\n        z = z / y\n    else:\n        z = z * x + y\n"
CALLED = "f(a, b) = a * exp(-b)\nx = ?\ny = ?\nfor i in range(2):\n    x = f(x, y) + y\nz = x**2\n"
NESTED = "x = ?\nz = 1\nfor i in range(2):\n    for j in range(2):\n        z = z * x + 1\n    z = sqrt(z) * x\n"

PROGRAMS = (NEWTON, POWERS, BRANCH, AGAIN, TWO_STEPS, WHILE, SWAP, INSIDE, CALLED, NESTED)


class Wrong(NamedTuple):
    """A wrong answer: the exercise, the text, the mistake in it, the lines on which it may be said to be."""

    marker: Marker
    text: str
    mistake: str
    lines: frozenset[int]


@dataclass
class Writer:
    """Writes adjoint programs.

    Args:
        program: the exercise's program.
        of: the result.
        changed: right sides to put in place of contributions, by the contribution's number; None for nothing.
        ways: other changes, by the number of the statement: `kept`, `instead`, `early`, `late pop`, `no pop`.
    """

    program: str
    of: str
    changed: dict[int, tree.Expression | None] = field(default_factory=dict)
    ways: dict[int, str] = field(default_factory=dict)
    seed: str = "1"
    made: list[str] = field(default_factory=list)
    contributions: list[Contribution] = field(default_factory=list)
    where: dict[int, set[int]] = field(default_factory=dict)
    statements: list[tree.Assign] = field(default_factory=list)

    def __post_init__(self) -> None:
        body = Program(Source(self.program, "program")).entry.checked.program.body
        self.body = list(body)
        self.inliner = Inliner(self.body)
        self.inputs = [each.target.name for each in self.body if isinstance(each, tree.Input)]
        self.active = active(self.body, set(self.inputs), self.sides)
        self.functions = {
            each.name.name: tuple(one.name for one in each.parameters)
            for each in self.body
            if isinstance(each, tree.Function)
        }

    def sides(self, node: tree.Assign) -> tuple[tree.Expression, ...]:
        return tuple(self.inliner.expression(each) for each in right_sides(node))

    def text(self) -> str:
        self._there(self.body, "")
        self._line("", f"g{self.of} = {self.seed}")
        for each in sorted(self.active - {self.of}):
            self._line("", f"g{each} = 0")
        self._back(self.body, "")
        return "\n".join(self.made) + "\n"

    def _line(self, indent: str, words: str) -> int:
        self.made.append(indent + words)
        return len(self.made)

    # --- there ----------------------------------------------------------------------------------------------

    def _there(self, block: Sequence[tree.Statement], indent: str) -> None:
        for node in block:
            if isinstance(node, tree.If):
                for at, (test, inner) in enumerate(node.branches):
                    self._line(indent, f"{'if' if at == 0 else 'elif'} {written(test)}:")
                    self._there(inner, indent + "    ")
                    self._line(indent + "    ", f"taken = {at}")
                self._line(indent, "else:")
                self._there(node.otherwise or (), indent + "    ")
                self._line(indent + "    ", f"taken = {len(node.branches)}")
                self._line(indent, "push taken")
            elif isinstance(node, tree.While):
                self._line(indent, "turns = 0")
                self._line(indent, f"while {written(node.condition)}:")
                self._there(node.body, indent + "    ")
                self._line(indent + "    ", "turns += 1")
            elif isinstance(node, tree.For):
                self._line(indent, unparse((node,)).split("\n")[0])
                self._there(node.body, indent + "    ")
            else:
                if isinstance(node, tree.Assign) and self._saved(node):
                    for each in node.targets:
                        self._line(indent, f"push {each.name}")
                for each_line in unparse((node,)).rstrip("\n").split("\n"):
                    self._line(indent, each_line)

    def _saved(self, node: tree.Assign) -> bool:
        """Is there a value to be saved: has the name one before?"""
        first = next(each for each in _flat(self.body) if node.targets[0].name in {one.name for one in _targets(each)})
        return first is not node or node.operator is not None

    # --- back -----------------------------------------------------------------------------------------------

    def _back(self, block: Sequence[tree.Statement], indent: str) -> None:
        for node in reversed(block):
            if isinstance(node, tree.If):
                self._line(indent, "taken = pop()")
                blocks = [*(inner for _, inner in node.branches), node.otherwise or ()]
                for at, inner in enumerate(blocks):
                    self._line(indent, f"{'if' if at == 0 else 'elif'} taken == {at}:")
                    before = len(self.made)
                    self._back(inner, indent + "    ")
                    if len(self.made) == before:
                        self._line(indent + "    ", "taken = 0")
            elif isinstance(node, tree.While):
                self._line(indent, "for k in range(turns):")
                self._back(node.body, indent + "    ")
            elif isinstance(node, tree.For):
                values = list(range(*(int(float(written(each))) for each in node.bounds)))
                if self.ways.get(-1) == "unreversed":
                    self._line(indent, unparse((node,)).split("\n")[0])
                else:
                    self._line(indent, f"for {node.target.name} in range({values[-1]}, {values[0] - 1}, -1):")
                self._back(node.body, indent + "    ")
            elif isinstance(node, tree.Assign):
                self._statement(node, indent)

    def _statement(self, node: tree.Assign, indent: str) -> None:
        number = len(self.statements)
        self.statements.append(node)
        way = self.ways.get(number, "")
        lines = self.where.setdefault(number, set())
        saved = self._saved(node)
        if saved and way != "late pop":
            for each in reversed(node.targets):
                self._line(indent, f"{each.name} = pop()")
        found = self._contributions(node)
        targets = [each.name for each in node.targets if each.name in self.active]
        others = [(at, each, right) for at, each, right in found if each.by not in targets]
        own = [(at, each, right) for at, each, right in found if each.by in targets]
        last = [lambda: self._others(others, indent, way, lines), lambda: self._own(targets, own, indent, way, lines)]
        for act in reversed(last) if way == "early" else last:
            act()
        if saved and way == "late pop":
            for each in reversed(node.targets):
                self._line(indent, f"{each.name} = pop()")

    def _others(
        self, found: list[tuple[int, Contribution, tree.Expression | None]], indent: str, way: str, lines: set[int]
    ) -> None:
        for _, each, right in found:
            if right is not None:
                sign = "=" if way == "instead" else "+="
                lines.add(self._line(indent, f"g{each.by} {sign} {written(right)}"))

    def _own(
        self,
        targets: list[str],
        found: list[tuple[int, Contribution, tree.Expression | None]],
        indent: str,
        way: str,
        lines: set[int],
    ) -> None:
        sums: dict[str, tree.Expression | None] = dict.fromkeys(targets)
        for _, each, right in found:
            before = sums[each.by]
            if right is not None:
                sums[each.by] = right if before is None else apply("+", before, right)
        if not sums:
            return
        if way == "kept" and not any(sums.values()):
            return
        sign = "+=" if way == "kept" else "="
        right_words = [written(each) if each is not None else "0" for each in sums.values()]
        if len(sums) == 1:
            lines.add(self._line(indent, f"g{next(iter(sums))} {sign} {right_words[0]}"))
        else:
            lines.add(self._line(indent, f"{', '.join('g' + each for each in sums)} = {', '.join(right_words)}"))

    def _contributions(self, node: tree.Assign) -> list[tuple[int, Contribution, tree.Expression | None]]:
        found = []
        for target, value in zip(node.targets, self.sides(node), strict=True):
            if target.name not in self.active:
                continue
            for of in sorted(mentions(value) & self.active):
                right = differential(value, {of: name("g" + target.name)}, self.functions)
                if right is None:
                    continue
                number = len(self.contributions)
                self.contributions.append(Contribution(target.name, value, "g" + target.name, of))
                found.append((number, self.contributions[-1], self.changed.get(number, right)))
        return found


def _targets(node: tree.Statement) -> tuple[tree.Name, ...]:
    if isinstance(node, tree.Input):
        return (node.target,)
    return node.targets if isinstance(node, tree.Assign) else ()


def _flat(block: Sequence[tree.Statement]) -> Iterator[tree.Statement]:
    from lang.grade.outline import flat

    yield from flat(list(block))


def right(program: str) -> str:
    """The right answer."""
    return Writer(program, result(program)).text()


def result(program: str) -> str:
    return "z" if "z =" in program or "z +=" in program else "y"


def generated(*programs: str) -> Iterator[Wrong]:
    """Wrong answers to each program."""
    for program in programs or PROGRAMS:
        marker = Marker(Exercise("an exercise", "adjoint", program, of=(result(program),), points=10.0))
        plain = Writer(program, result(program))
        known = {_numbers(marker, plain.text())}
        seen: set[tuple[str, int]] = set()
        for key, made, number in _changed(program, plain):
            text = made.text()
            numbers = _numbers(marker, text)
            if numbers is None or numbers in known:
                continue
            known.add(numbers)
            if (key, number) in seen:
                continue
            seen.add((key, number))
            yield Wrong(marker, text, key, frozenset(made.where.get(number, set())))


def _changed(program: str, plain: Writer) -> Iterator[tuple[str, Writer, int]]:
    """Each mistake, the writer that makes it, and the number of its statement."""
    of = result(program)
    for number, node in enumerate(plain.statements):
        own = {each.name for each in node.targets} & {name for side in plain.sides(node) for name in mentions(side)}
        for way, key in (("kept", "adjoint-kept"), ("early", "adjoint-early"), ("late pop", "value-not-restored")):
            if (own or way == "late pop") and plain._saved(node):
                yield key, Writer(program, of, ways={number: way}), number
        yield "overwritten", Writer(program, of, ways={number: "instead"}), number
    names = sorted({name.name for node in _flat(plain.body) for name in _targets(node)})
    gradients = ["g" + each for each in sorted(plain.active)]
    at = 0
    for number, node in enumerate(plain.statements):
        for _, part, good in _again(program, node):
            yield "use-missing", Writer(program, of, changed={at: None}), number
            assert good is not None
            for each in contribution_candidates(part, good, plain.functions, names, gradients):
                yield each.key, Writer(program, of, changed={at: each.expression}), number
            yield "counted-twice", Writer(program, of, changed={at: apply("+", good, good)}), number
            at += 1
    yield "seed-zero", Writer(program, of, seed="0"), -2
    yield "seed-wrong", Writer(program, of, seed="3"), -2
    yield "seed-is-value", Writer(program, of, seed=of), -2


def _again(program: str, node: tree.Assign) -> list[tuple[int, Contribution, tree.Expression | None]]:
    return Writer(program, result(program))._contributions(node)


def _numbers(marker: Marker, text: str) -> tuple[str, ...] | None:
    """The adjoints of the inputs at the points tried, in as many digits as tell mistakes apart; None for none."""
    found = []
    try:
        program = Program(Source(text, "answer"))
        for trial in marker.trials[:4]:
            values = program.run(at=dict(trial.inputs), ieee=True).values
            found += [f"{values['g' + each]:.6g}" for each in marker.wanted.inputs]
    except (AdError, KeyError):
        return None
    return tuple(found)


__all__ = ["PROGRAMS", "Wrong", "generated", "right"]
