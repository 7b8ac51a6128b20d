"""Text -> an entry: the text as statements and as steps, parsed, checked and lowered, ready to run.

Law: nothing runs here and nothing is remembered. An entry is a fact that threads may share, and it may run as often as
wanted.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Mapping
from typing import NamedTuple

from lang.check import Checked, Scope, check
from lang.clock import within
from lang.errors import AdError
from lang.garbage import paused
from lang.limits import Limits
from lang.source import Source
from lang.steps import form
from lang.steps.program import lower
from lang.syntax import tree
from lang.syntax.parse import parse
from lang.verbs.core import registry


class Entry(NamedTuple):
    """A text that has passed all stages before it runs.

    Attributes:
        source: the text that spans point into.
        checked: its statements and what they define.
        steps: the same, flat.
        pieces: the steps between commands, each as the machine runs it, and the commands.
    """

    source: Source
    checked: Checked
    steps: form.Block
    pieces: tuple[form.Procedure | form.Ask, ...]

    @property
    def body(self) -> tree.Block:
        """Its statements."""
        return self.checked.program.body

    def above(self, command: tree.Command) -> tree.Block:
        """The statements above a command."""
        return self.body[: bisect_right(self.body, command.span[0], key=lambda each: each.span[1])]

    def failing(self, step: form.Step | None) -> int:
        """Which statement a step belongs to, from 0."""
        if step is None:
            return 0
        count = 0
        for statement in self.body:
            if statement.span[1] > step.span[0]:
                break
            count += 1
        return count

    def before(self, piece: form.Procedure, step: form.Step | None) -> form.Procedure:
        """The steps of a piece that stand before the statement of the step that failed."""
        index = self.failing(step)
        start = self.body[index].span[0] if index < len(self.body) else 0
        return as_part(self.source, [each for each in piece.body if each.span[0] < start])


@paused
def prepare(
    source: Source,
    limits: Limits,
    scope: Scope | None = None,
    functions: Mapping[str, form.Procedure] | None = None,
    valued: Container[str] | None = None,
    answer: str = "",
    read: tree.Program | None = None,
) -> Entry:
    """Pass a text through parse, check and lower.

    Args:
        answer: the name that each value shown is kept under as well; empty for none.
        read: the text's tree, where somebody has parsed it within the usual limits; else it is parsed.

    Raises:
        AdError: the first thing wrong with it, with its place.
    """
    with within(limits.seconds):
        return _prepared(source, limits, scope or Scope(), functions, valued, answer, read)


def suffices(limits: Limits) -> bool:
    """May a text that was read within the usual limits stand as it was read?"""
    usual = Limits()
    return limits.source_chars >= usual.source_chars and limits.nesting >= usual.nesting


def _prepared(
    source: Source,
    limits: Limits,
    scope: Scope,
    functions: Mapping[str, form.Procedure] | None,
    valued: Container[str] | None,
    answer: str,
    read: tree.Program | None,
) -> Entry:
    if read is not None and suffices(limits):
        program = read.but(source=source)
    else:
        program = parse(source, limits)
    if answer and answer not in scope.functions:
        program = program.but(body=tuple(each for one in program.body for each in _kept(one, answer)))
    try:
        checked = check(program, scope, registry.names(), registry.FREE_TARGETS)
        steps = lower(checked.program, scope.names, functions, valued)
    except AdError as error:
        raise error.within(program.source) from None
    return Entry(program.source, checked, steps, _pieces(program.source, steps))


def _pieces(source: Source, steps: form.Block) -> tuple[form.Procedure | form.Ask, ...]:
    commands = [at for at, step in enumerate(steps) if isinstance(step, form.Ask)]
    if not commands:
        return (as_part(source, steps),)
    pieces: list[form.Procedure | form.Ask] = []
    for start, stop in zip([-1, *commands], [*commands, len(steps)], strict=True):
        pieces += [as_part(source, steps[start + 1 : stop]), *steps[stop : stop + 1]]  # type: ignore[list-item]
    return tuple(pieces)


def _kept(statement: tree.Statement, answer: str) -> tree.Block:
    """A statement that shows one value, as the two that also keep it; any other as it is."""
    if not isinstance(statement, tree.Show) or len(statement.values) != 1:
        return (statement,)
    name, span = tree.Name(answer, statement.span), statement.span
    own = statement.values[0]
    if isinstance(own, tree.Name) and (own.name == answer or own.name in registry.names()):
        return (statement,)
    return (tree.Assign((name,), None, statement.values, span), tree.Show((name,), span))


def as_part(source: Source, steps: form.Block) -> form.Procedure:
    """Top-level steps as the machine runs them."""
    return form.Procedure("", (), steps, 0, (), source, (0, len(source.text)))
