"""Choices and what is saved between them, while lanes are being written.

Law: a value is taken back where it was saved on the same lanes, and nowhere else; where that is not certain from the
choices on the way, the unit is `Unavailable` on lanes.

A path is the choices on the way to a step, each a condition and whether it holds. Adjoint programs ask the same
conditions again (`if x > 0`), or which way was taken (`way = 1` on one side, `if way == 1` later): both are seen to be
the condition itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lang.backend.native.primitives import hexadecimal
from lang.backend.native.shape import BOOLEAN, Shape
from lang.backend.rows.frame import Path, Side
from lang.backend.rows.module import LaneModule
from lang.backend.rows.writer import LaneWriter
from lang.backend.unit import Unavailable
from lang.steps import form
from lang.steps.walk import all_steps, blocks_of

EQUAL = {"==": True, "!=": False}
ZEROS = (hexadecimal(0.0), hexadecimal(-0.0))
"""Two texts of one number."""


class Ways:
    """The choices on the way to the step being written."""

    def __init__(self, writer: LaneWriter) -> None:
        self.writer = writer
        self.path: Path = ()
        self._parts: dict[str, Path] = {}
        self._constants: dict[str, list[tuple[Path, str, str]]] = {}

    def enter(self, condition: str, wanted: bool, outer: str | None) -> str:
        """Go to one side of a choice; its lanes."""
        rest = tuple(each for each in self._parts.get(condition, ((condition, True),)) if each not in self.path)
        if wanted:
            self.path += rest
        elif len(rest) == 1:
            self.path += ((rest[0][0], not rest[0][1]),)
        else:
            self.path += ((condition, False),)
        return self.side(condition, wanted, (), outer).mask

    def side(self, condition: str, wanted: bool, path: Path, outer: str | None) -> Side:
        """The lanes of a path in which a condition holds (or does not)."""
        mask = condition if wanted else self.writer.once(f"xor i1 {condition}, true")
        mask = mask if outer is None else self.writer.once(f"and i1 {outer}, {mask}")
        return Side(mask, (*path, (condition, wanted)), {}, {})

    def negation(self, condition: str) -> str:
        """`not condition`."""
        value = self.writer.once(f"xor i1 {condition}, true")
        parts = self._parts.get(condition, ((condition, True),))
        if len(parts) == 1:
            self._parts[value] = ((parts[0][0], not parts[0][1]),)
        return value

    def merged(self, kind: str, yes: tuple[Side, str], no: tuple[Side, str]) -> str:
        """What each lane keeps; remembers which constant came on which way."""
        value = self.writer.value(f"select i1 {yes[0].mask}, {kind} {yes[1]}, {kind} {no[1]}")
        found: list[tuple[Path, str, str]] = []
        for side, given in (yes, no):
            if given in self._constants:
                found += self._constants[given]
            elif given.startswith("0x"):
                found.append((side.path, side.mask, given))
            else:
                return value
        self._constants[value] = found
        return value

    def decided(self, operator: str, left: str, right: str) -> str | None:
        """A comparison with one of several constants, as the way it came on; None where it is another comparison."""
        if operator not in EQUAL or left not in self._constants or not right.startswith("0x") or right in ZEROS:
            return None
        fitting = [each for each in self._constants[left] if (each[2] == right) == EQUAL[operator]]
        if len(fitting) != 1:
            return None
        path, mask, _ = fitting[0]
        self._parts[mask] = path
        return mask


@dataclass(eq=False)
class Saved:
    """A value on a stack, the path to where it was saved, and the paths on which it was taken back."""

    path: Path
    value: str
    taken: list[Path] = field(default_factory=list)


def looped_stacks(shape: Shape) -> set[int]:
    """Stacks that loops save on, or take from."""
    scopes = (shape.main, *shape.functions.values())
    loops = [step for scope in scopes for step in all_steps(scope.body) if isinstance(step, form.For)]
    inside = [step for loop in loops for block in blocks_of(loop) for step in all_steps(block)]
    blocks = [inside]
    if any(isinstance(step, form.Call) for step in inside):
        blocks += [list(all_steps(scope.body)) for scope in shape.functions.values()]
    return {step.stack for block in blocks for step in block if isinstance(step, form.Push | form.Pop)}


class Stacks:
    """All stacks of a program: in the writer's own memory, or where loops save, in memory of the run."""

    def __init__(self, shape: Shape, module: LaneModule, ways: Ways) -> None:
        self.module = module
        self.ways = ways
        self.saved: dict[int, list[Saved]] = {}
        looped = sorted(looped_stacks(shape))
        module.stacks = len(looped)
        self.places: Mapping[int, tuple[int, str]] = {each: module.stack(index) for index, each in enumerate(looped)}

    def push(self, stack: int, value: str, kind: str, path: Path, mask: str | None) -> None:
        """Save a value."""
        if stack not in self.places:
            self.saved.setdefault(stack, []).append(Saved(path, value))
            return
        self._same(mask)
        number = self.module.writer.value(f"uitofp i1 {value} to double") if kind == BOOLEAN else value
        self.module.push(self.places[stack], number)

    def pop(self, stack: int, kind: str, path: Path, mask: str | None) -> str:
        """Take back what was saved last."""
        if stack not in self.places:
            return self._kept(stack, kind, path, mask)
        self._same(mask)
        value = self.module.pop(self.places[stack])
        if kind != BOOLEAN:
            return value
        return self.module.writer.value(f"fcmp une double {value}, {hexadecimal(0.0)}")

    def _same(self, mask: str | None) -> None:
        if mask is not None:
            raise Unavailable("rows save a different number of values in a loop, so each is computed alone")

    def _kept(self, stack: int, kind: str, path: Path, mask: str | None) -> str:
        """What the lanes of a path saved last; where sides of a choice saved it, each lane has its own."""
        here, saved = set(path), self.saved.get(stack, [])
        for index in range(len(saved) - 1, -1, -1):
            each = saved[index]
            if _apart(here, each.path) or any(here.issuperset(one) for one in each.taken):
                continue
            if any(not _apart(here, one) for one in each.taken):
                break
            deeper = [condition for condition, holds in each.path if (condition, holds) not in here]
            if deeper:
                return self._either(stack, kind, deeper[0], path, mask)
            if here == set(each.path):
                del saved[index]
            else:
                each.taken.append(path)
            return each.value
        raise Unavailable("it is not certain which value is taken back, so each row is computed alone")

    def _either(self, stack: int, kind: str, condition: str, path: Path, mask: str | None) -> str:
        sides = [self.ways.side(condition, wanted, path, mask) for wanted in (True, False)]
        yes, no = ((side, self._kept(stack, kind, side.path, side.mask)) for side in sides)
        return self.ways.merged(kind, yes, no)


def _apart(here: set[tuple[str, bool]], path: Path) -> bool:
    """Does no lane take both ways?"""
    return any((condition, not holds) in here for condition, holds in path)
