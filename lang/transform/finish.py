"""What both sweeps wrote -> statements, with the saves that turned out to be needed and were taken back.

Law: a save is kept if the sweep back took it and reads the word; so every `push` has its `pop`.
"""

from __future__ import annotations

from typing import Any

from lang.clock import watched
from lang.syntax import tree
from lang.transform.adjoint import Adjoints
from lang.transform.expressions import NOWHERE, constant, name
from lang.transform.items import (
    Branches,
    Invoke,
    Repeat,
    Save,
    Start,
    Turn,
)
from lang.transform.lines import Line, statements
from lang.transform.scope import called
from lang.transform.slice import branching


class Back:
    """Perhaps `word = pop()`: takes back what a `Save` saved."""

    def __init__(self, save: Save) -> None:
        self.save = save


def finished(written: list[Any], adjoints: Adjoints, stack: int) -> list[tree.Statement | Line]:
    """The statements and lines, with the saves that are needed and taken back; inside blocks there are no lines.

    Args:
        written: statements with saves among them, of either sweep.
        adjoints: they know the words whose values the sweep back reads.
        stack: the stack to save on.
    """
    out: list[tree.Statement | Line] = []
    for each in watched(written, "writing the adjoint program"):
        kind = each.__class__
        if kind is Line or kind is tree.Assign:
            out.append(each)
        elif isinstance(each, Save):
            if _kept(each, adjoints):
                out.append(tree.Push(name(each.word), stack, NOWHERE))
        elif isinstance(each, Back):
            if _kept(each.save, adjoints):
                out.append(tree.Pop(name(each.save.word), stack, NOWHERE))
        elif isinstance(each, Start):
            if any(_kept(save, adjoints) for save in each.saves):
                out.append(tree.Assign((name(each.word),), None, (constant(0.0),), NOWHERE))
        elif isinstance(each, Invoke):
            function = each.saving or each.function
            targets = tuple(name(word) for word in each.targets)
            out.append(tree.Assign(targets, None, (called(function, each.arguments),), NOWHERE))
        elif isinstance(each, Turn):
            if each.loop.reversed:
                out.append(_turn(each))
        elif isinstance(each, Branches):
            bodies = [[*statements(finished(body, adjoints, stack))] for body in each.bodies]
            whole = branching(list(zip(each.tests, bodies, strict=False)), bodies[-1])
            if whole is not None:
                out.append(whole)
        elif isinstance(each, Repeat):
            body = [*statements(finished(each.body, adjoints, stack))]
            if body:
                out.append(_loop(each, body))
        else:
            out.append(each)
    return out


def _kept(save: Save, adjoints: Adjoints) -> bool:
    return save.taken and (save.always or save.word in adjoints.need)


def _turn(turn: Turn) -> tree.Statement:
    word = name(turn.word)
    one = tree.Apply("+", (word, constant(1.0)), NOWHERE, NOWHERE)
    return tree.Assign((word,), None, (constant(0.0) if turn.first else one,), NOWHERE)


def _loop(repeat: Repeat, body: list[tree.Statement]) -> tree.Statement:
    loop = repeat.loop
    if isinstance(loop, tree.While):
        return tree.While(loop.condition, tuple(body), NOWHERE)
    return tree.For(loop.target, loop.bounds, tuple(body), NOWHERE)
