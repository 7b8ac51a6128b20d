"""A program and its inputs -> events: which name got which value on which line, in the order in which it happened.

Law: nothing but the numbers that assignments compute is seen; what a program shows or asks is not even kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lang.entry import Entry, as_part
from lang.errors import AdError, LimitExceeded
from lang.evaluate.active import Value, plain
from lang.evaluate.recipe import Recipe
from lang.evaluate.run import Run
from lang.evaluate.settings import Settings
from lang.limits import Limits
from lang.source import Source, Span
from lang.steps import form
from lang.steps.walk import assigned

MOST = 50_000
"""Events that a run may make; a loop of more turns is no exercise."""


class Event(NamedTuple):
    """A name got a value.

    Attributes:
        name, value: which, and what.
        span: the statement.
        source: the text it stands in.
        given: was it an input?
    """

    name: str
    value: float
    span: Span
    source: Source
    given: bool


@dataclass
class Watch:
    """Entries that run one after another, watched.

    Args:
        entries: the texts, each prepared with the names of those before it.
        limits: what each run may use.
    """

    entries: Sequence[Entry]
    limits: Limits

    def __post_init__(self) -> None:
        self.values: Mapping[str, float] = {}
        self.broken: AdError | None = None
        parts = tuple(as_part(entry.source, _silent(entry.steps)) for entry in self.entries)
        names = {target for part in parts for target in assigned(part.body) if isinstance(target, str)}
        self.names = tuple(sorted(name for name in names if not isinstance(name, form.Temporary)))
        body = tuple(node for entry in self.entries for node in entry.checked.program.body)
        settings = Settings(self.limits, ieee=True, kinks="silent")
        self.recipe = Recipe(parts, body, lambda name, step: self.values.get(name), settings)

    def run(self, values: Mapping[str, float]) -> list[Event]:
        """The events of one run with these inputs; `broken` then says what stopped it, if anything did.

        Raises:
            LimitExceeded: it used more than it may.
        """
        self.values = values
        self.broken = None
        events: list[Event] = []

        def prepare(run: Run) -> Mapping[str, Callable[[Value, form.Step], Value]]:
            def keep(name: str) -> Callable[[Value, form.Step], Value]:
                def kept(value: Value, step: form.Step) -> Value:
                    if len(events) >= MOST:
                        raise LimitExceeded("steps", MOST, MOST, f"stopped after {MOST:,} assignments", step.span)
                    if not isinstance(value, bool):
                        given = isinstance(step, form.Input)
                        events.append(Event(name, float(plain(value)), step.span, run.source, given))
                    return value

                return kept

            return {name: keep(name) for name in self.names}

        try:
            self.recipe.start(prepare, self.names)
        except LimitExceeded:
            raise
        except AdError as error:
            self.broken = error
        return events


def _silent(block: form.Block) -> form.Block:
    """The steps without what they would show or ask."""
    return [step for step in block if not isinstance(step, form.Show | form.Ask)]
