"""Everything that can go wrong with a program, as facts: what was seen, where, and one thing to do about it.

Law: an error knows its place and its words, never its colours; `lang.diagnostic` lays it out.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from lang.source import Source, Span

_LONG = r"[^\s`]{81,}"  # compiled when a text is long: no start waits for it


class Mark(NamedTuple):
    """A second place worth seeing, with a few words under its carets."""

    span: Span
    label: str
    source: Source | None = None


def _short(text: str) -> str:
    """The text with names that nobody could read cut in the middle."""
    if len(text) < 100:
        return text
    return re.sub(_LONG, lambda found: f"{found[0][:30]}…{found[0][-10:]}", text)


class AdError(Exception):
    """Base of every error of the language.

    Attributes:
        message: what was seen, in the user's words.
        span: the place, as character offsets into `source`; None where there is no text to point at.
        source: the text; stages that do not know it leave None, and the stage that does fills it in.
        label: a few words under the carets.
        hint: one thing to do.
        marks: further places.
    """

    kind = "error"

    def __init__(
        self,
        message: str,
        span: Span | None = None,
        *,
        hint: str = "",
        label: str = "",
        source: Source | None = None,
        marks: tuple[Mark, ...] = (),
    ) -> None:
        message, hint, label = _short(message), _short(hint), _short(label)
        super().__init__(message)
        self.message = message
        self.span = span
        self.hint = hint
        self.label = label
        self.source = source
        self.marks = marks

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (type(self), self.args, self.__dict__)

    def within(self, source: Source) -> AdError:
        """This error, told which text its span belongs to (unless it knows already)."""
        if self.source is None:
            self.source = source
        return self

    def __str__(self) -> str:
        if self.source is None or self.span is None:
            return self.message
        line, column = self.source.position(self.span[0])
        return f"{self.message} ({self.source.name}:{line}:{column})"

    def render(self) -> str:
        """The error as people read it: message, place, the line with carets, and the hint, as plain text."""
        from lang.diagnostic import plain

        return plain(self)


def _again(kind: type[AdError], args: tuple[object, ...], facts: dict[str, object]) -> AdError:
    """An error from another process, whatever its kind is made from."""
    made = kind.__new__(kind, *args)
    made.__dict__.update(facts)
    return made


class ParseError(AdError):
    """The text is not a program."""


class CheckError(AdError):
    """The program cannot run: an unknown name, a wrong number of arguments, a return in the wrong place, ..."""


class RuleError(CheckError):
    """A derivative rule that is not one: not linear in its differentials, or without its operand."""


class TypeMismatch(CheckError):
    """A boolean where a number is needed, or the reverse."""


class UnsetName(CheckError):
    """A name used before it has a value."""


class DomainError(AdError):
    """An operation on finite numbers whose result is not a finite real number."""


class DerivativeError(AdError):
    """A derivative that was asked for does not exist, or a policy forbids it (`kinks=error`)."""


class StackError(AdError):
    """A `pop()` of nothing, or a `push` that nothing takes back."""


class InputError(AdError):
    """An input is missing, unknown, or not a finite real number."""


class MissingInput(InputError):
    """An input has no value and nobody to ask."""


class CommandError(AdError):
    """A verb was asked for something it cannot answer: unknown verb, target or clause.

    Attributes:
        about: the word of the command that is wrong, for whoever knows where the command stands; empty for the whole.
    """

    about = ""

    def at(self, word: str) -> CommandError:
        """This error, told which word it is about."""
        self.about = word
        return self


class LimitExceeded(AdError):
    """A run passed one of its limits.

    Attributes:
        limit: which one (`steps`, `seconds`, `depth`, `tape_bytes`, `source_chars`, `nesting`).
        allowed: its bound.
        reached: how far the run got, in the limit's unit.
    """

    def __init__(
        self,
        limit: str,
        allowed: float,
        reached: float,
        message: str,
        span: Span | None = None,
        *,
        hint: str = "",
        source: Source | None = None,
    ) -> None:
        super().__init__(message, span, hint=hint, source=source)
        self.limit = limit
        self.allowed = allowed
        self.reached = reached
