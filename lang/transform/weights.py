"""A function that was written for another one's derivative -> the same function, counting what that one counts.

Law: the interpreter runs a function once for its derivative, so each block of the new function counts as many steps as
the block of the old one that it was written from, and has their places. All else in it is `FREE`.

What a line of the rule table compares, to choose, goes with no step. Where blocks do not go together in pairs, or a
user's rule says what a call contributes, every step counts: more than the interpreter counts, which then has to say
where a limit is.
"""

from __future__ import annotations

from collections.abc import Mapping

from lang.source import FREE, OF_RULE, Span
from lang.steps import form
from lang.steps.costs import COUNTED, counts
from lang.steps.drive import Walk
from lang.steps.rules import differential
from lang.steps.walk import HOLDING, all_steps


def body_of_rule(rule: form.UserRule, index: int) -> form.Block:
    """What is run for a function's derivative besides the function itself, where a rule says it."""
    code = differential(rule, (index,))
    return [] if code is None else code.body


class Weighing:
    """Has blocks count what others count.

    Args:
        functions: the program's functions.

    Attributes:
        exact: do all of them?
    """

    def __init__(self, functions: Mapping[str, form.Procedure]) -> None:
        self.functions = functions
        self.exact = True

    def block(self, block: form.Block, like: form.Block | None) -> Walk:
        """The walk that gives a block.

        Args:
            like: what it counts as; nothing where there is none.
        """
        spans = [] if like is None else self._spans(like)
        inside = [] if like is None else _own(like)
        if like is not None and not _paired(_own(block), inside):
            self.exact = False
            return block
        out: form.Block = []
        spent, pairs = 0, iter(inside)
        for step in block:
            if step.__class__ in HOLDING:
                out.append((yield self._holding(step, None if _chooses(step) else next(pairs, None))))
            elif step.__class__ in COUNTED and step.span[0] >= 0:
                out.append(step.but(span=spans[spent] if spent < len(spans) else FREE))
                spent += 1
            else:
                out.append(step)
        out[:0] = [form.Copy(form.Temporary("step"), 0.0, span) for span in spans[spent:]]
        return out

    def _spans(self, like: form.Block) -> list[Span]:
        """The places of the steps that a block counts, and of what rules of functions that it calls may add."""
        spans: list[Span] = []
        for step in filter(counts, like):
            spans.append(step.span)
            called = self.functions.get(step.function) if isinstance(step, form.Call) else None
            if called is not None and called.rule is not None:
                self.exact = False
                code = differential(called.rule, tuple(range(len(called.parameters))))
                spans += [step.span] * (0 if code is None else sum(map(counts, all_steps(code.body))))
        return spans

    def _holding(self, step: form.Step, like: form.Step | None) -> Walk:
        span = FREE if like is None else like.span
        if isinstance(step, form.If):
            others = like.arms if isinstance(like, form.If) else [None] * len(step.arms)
            arms = []
            for arm, other in zip(step.arms, others, strict=True):
                setup = yield self.block(arm.setup, other.setup if other else None)
                arms.append(arm.but(setup=setup, body=(yield self.block(arm.body, other.body if other else None))))
            otherwise = yield self.block(step.otherwise, like.otherwise if isinstance(like, form.If) else None)
            return form.If(arms, otherwise, span)
        if isinstance(step, form.While):
            turns = like if isinstance(like, form.While) else None
            setup = yield self.block(step.setup, turns.setup if turns else None)
            return step.but(setup=setup, body=(yield self.block(step.body, turns.body if turns else None)), span=span)
        assert isinstance(step, form.For)
        body = yield self.block(step.body, like.body if isinstance(like, form.For) else None)
        return step.but(body=body, span=span)


def _own(block: form.Block) -> form.Block:
    """The steps that hold blocks and are the program's."""
    return [each for each in block if each.__class__ in HOLDING and not _chooses(each)]


def _chooses(step: form.Step) -> bool:
    """Does a step choose, as a line of the rule table says, how a derivative is computed?"""
    if not isinstance(step, form.If):
        return False
    return any(isinstance(each, form.Comparison) and each.span == OF_RULE for each in all_steps(step.arms[0].setup))


def _paired(steps: form.Block, like: form.Block) -> bool:
    """Do steps that hold blocks go together in pairs?"""
    if len(steps) != len(like):
        return False
    arms = [[len(each.arms) for each in block if isinstance(each, form.If)] for block in (steps, like)]
    kinds = [[each.__class__ for each in block] for block in (steps, like)]
    return kinds[0] == kinds[1] and arms[0] == arms[1]
