"""Where in the course of a run a step is made: inside which calls, in which turns of which loops.

Law: assembled code has no loops, only jumps, so a loop's turns are told from the steps: a `for` by its numbers, a
`while` by the first step of its condition, which begins a turn; a step that stands outside a loop ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lang.steps import form
from lang.steps.walk import all_steps, blocks_of


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """Where in the course of a run a step was made: inside a call, or in one turn of a loop.

    Attributes:
        outer: the context around it, None at a program's top.
        kind: `call` or `turn`.
        text: `f(x, y)`, `i = 3`, or `turn 3`.
        step: the call or the loop.
        number: which turn, from 0; for a call how many were made before it.
        depth: how many contexts are around it.
    """

    outer: Context | None
    kind: str
    text: str
    step: form.Step
    number: int
    depth: int


@dataclass(slots=True, eq=False)
class Scope:
    """What is known of a scope that is running.

    Attributes:
        where: the node that last gave each name its value.
        context: the call it belongs to.
        turns: the loops that are running in it, outermost first, each with its turn.
    """

    context: Context | None
    where: dict[str, int] = field(default_factory=dict)
    turns: dict[form.Step, Context] = field(default_factory=dict)


class Course:
    """The scopes that are running, innermost last, and the loops that their steps stand in."""

    def __init__(self) -> None:
        self.scopes = [Scope(None)]
        self.starts: dict[form.Step, form.While] = {}
        self._loops: dict[form.Step, tuple[form.Step, ...]] = {}
        self._learned: set[int] = set()

    def learn(self, block: form.Block) -> None:
        """Note which loops each step of a scope stands in, and where a `while` begins its turns."""
        if id(block) in self._learned:
            return
        self._learned.add(id(block))
        pending: list[tuple[form.Block, tuple[form.Step, ...]]] = [(block, ())]
        while pending:
            inside, loops = pending.pop()
            for step in inside:
                self._loops[step] = loops
                around = (*loops, step) if isinstance(step, form.While | form.For) else loops
                pending.extend((each, around) for each in blocks_of(step))
                if isinstance(step, form.While):
                    first = next(all_steps([*step.setup, *step.body]), None)
                    if first is not None:
                        self.starts[first] = step

    def context(self, step: form.Step) -> Context | None:
        scope = self.scopes[-1]
        if not scope.turns:
            return scope.context
        around = self._loops.get(step, ())
        for loop in [each for each in scope.turns if each not in around]:
            del scope.turns[loop]
        return next(reversed(scope.turns.values()), scope.context)

    def turn(self, loop: form.Step, text: Callable[[int], str], fresh: bool = False) -> None:
        """A loop begins a turn; loops inside it begin anew."""
        scope = self.scopes[-1]
        before = None if fresh else scope.turns.get(loop)
        around = self._loops.get(loop, ())
        for each in [each for each in scope.turns if each not in around]:
            del scope.turns[each]
        outer = next(reversed(scope.turns.values()), scope.context)
        number = 0 if before is None else before.number + 1
        depth = 0 if outer is None else outer.depth + 1
        scope.turns[loop] = Context(outer, "turn", text(number), loop, number, depth)
