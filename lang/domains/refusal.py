"""Why a domain cannot go on: a step that it has no number for, an input without a value."""

from __future__ import annotations

from lang.errors import MissingInput
from lang.source import Source
from lang.steps import form


class Undecided(Exception):
    """A step that a domain cannot take: why, and where."""

    def __init__(self, why: str, step: form.Step) -> None:
        super().__init__(why)
        self.why = why
        self.step = step
        self.source: Source | None = None

    @property
    def words(self) -> str:
        """Why, with the line."""
        if self.source is None:
            return self.why
        return f"{self.why} (line {self.source.position(self.step.span[0])[0]})"


def missing(step: form.Input) -> MissingInput:
    """The error for an input that has no value."""
    hint = f"give it one: `{step.target}=1`, or write a default: `{step.target} = ? 1`"
    return MissingInput(f"the input `{step.target}` has no value", step.span, hint=hint)
