"""The steps of a run -> the lines of a table: calls and loop turns indented, what is long folded with a count.

Law: nothing is lost without a word: where steps are left out, a line says how many. The first turns of a loop and its
last ones stay, for that is where people look.

    s = 0
    i = 0:
      s = s + x
    … 97 turns, i = 1 to 97
    i = 98:
      s = s + x

Nothing here recurses deeper than `DEEP`, whatever the depth of the calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lang.clock import watched
from lang.evaluate.course import Context
from lang.evaluate.notes import Note
from lang.evaluate.recipe import Recipe
from lang.evaluate.record import Node, Record, Sweep

TABLE = "writing the table"
DEEP = 4
"""Contexts inside each other that are shown; what is deeper is folded."""
TURNS, FIRST, LAST = 6, 3, 2
"""A loop of more turns than this is folded to so many at its ends."""
STEPS, BEGIN, END = 80, 40, 20
"""The same for steps that follow each other in one place."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a step, the head of a call or of a loop's turn, or words for what is folded.

    Attributes:
        depth: how far it is indented.
        node: the step; None for a fold, and for a head that is no step itself.
        head: is it the head of what is indented below it?
        text: the words of a head or a fold.
        folded: how many steps a fold stands for.
    """

    depth: int
    node: Node | None
    head: bool = False
    text: str = ""
    folded: int = 0


@dataclass(slots=True, eq=False)
class _Group:
    """What was made in one context; `count` steps, those of its inner contexts too."""

    context: Context
    items: list[Node | _Group] = field(default_factory=list)
    count: int = 0


def remarks(
    recipe: Recipe, made: Record, target: str, by: Sequence[str], swept: Sweep | None = None
) -> tuple[Note, ...]:
    """The notes on a table: the run's own that the target needs, with what a sweep met and both sides of conditions."""
    odd = swept is not None and any(each is not None and each - each != 0.0 for each in swept.adjoints)
    return recipe.adjoints({target: 1.0}, by).notes if odd or made.notes else ()


def needed(record: Record, targets: Iterable[str]) -> list[Node]:
    """The steps that results need, in the order they were made; a step that nothing needs is not shown."""
    kept = record.needed(targets)
    return [node for node in record.nodes if node.index in kept]


def outline(nodes: Iterable[Node]) -> list[Line]:
    """The lines for some steps of a record, in the order they are given (from last to first for a sweep back)."""
    return list(_lines(_grouped(nodes), 0))


def _grouped(nodes: Iterable[Node]) -> list[Node | _Group]:
    top: list[Node | _Group] = []
    stack: list[_Group] = []

    def leave(depth: int) -> None:
        while len(stack) > depth:
            left = stack.pop()
            if stack:
                stack[-1].count += left.count

    for node in watched(nodes, TABLE):
        fresh: list[Context] = []
        context = node.context
        while context is not None and not (context.depth < len(stack) and stack[context.depth].context is context):
            fresh.append(context)
            context = context.outer
        leave(0 if context is None else context.depth + 1)
        for each in reversed(fresh):
            group = _Group(each)
            (stack[-1].items if stack else top).append(group)
            stack.append(group)
        if stack:
            stack[-1].count += 1
        (stack[-1].items if stack else top).append(node)
    leave(0)
    return top


def _lines(items: Sequence[Node | _Group], depth: int) -> Iterable[Line]:
    for run in _runs(items):
        loop = isinstance(run[0], _Group) and run[0].context.kind == "turn"
        most, first, last = (TURNS, FIRST, LAST) if loop else (STEPS, BEGIN, END)
        if len(run) <= most:
            first, last = len(run), 0
        yield from _shown(run[:first], depth)
        middle = run[first : len(run) - last]
        if middle:
            yield _fold(middle, depth)
            yield from _shown(run[len(run) - last :], depth)


def _runs(items: Sequence[Node | _Group]) -> Iterable[list[Node | _Group]]:
    """Turns of one loop that follow each other, and what stands between loops."""
    run: list[Node | _Group] = []
    for item in items:
        if run and _loop(item) is not _loop(run[-1]):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


def _loop(item: Node | _Group) -> object:
    return item.context.step if isinstance(item, _Group) and item.context.kind == "turn" else None


def _shown(items: Iterable[Node | _Group], depth: int) -> Iterable[Line]:
    for item in items:
        if isinstance(item, Node):
            yield Line(depth, item)
        elif depth >= DEEP:
            yield Line(depth, None, text=f"… {item.context.text}: {_steps(item.count)}", folded=item.count)
        else:
            own = next((each for each in item.items if isinstance(each, Node) and each.kind == "turn"), None)
            yield Line(depth, own, True, f"{item.context.text}:")
            yield from _lines([each for each in item.items if each is not own], depth + 1)


def _fold(items: Sequence[Node | _Group], depth: int) -> Line:
    count = sum(1 if isinstance(item, Node) else item.count for item in items)
    if _loop(items[0]) is not None:
        first, last = (item.context.text for item in (items[0], items[-1]) if isinstance(item, _Group))
        text = f"… {len(items):,} turns, {first} to {last.rpartition(' ')[2]}"
        return Line(depth, None, text=text, folded=count)
    return Line(depth, None, text=f"… {_steps(count)}", folded=count)


def _steps(count: int) -> str:
    return f"{count:,} step{'s' * (count != 1)}"
