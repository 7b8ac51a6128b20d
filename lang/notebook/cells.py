"""The text of a cell -> what it did, and the bundles that show it.

Law: cells follow each other as lines of one program do, whatever face they have; a cell that fails leaves what was
before it, and says so in one located bundle, never in a traceback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from lang.clock import within
from lang.errors import AdError, InputError, LimitExceeded
from lang.evaluate.supplied import finite
from lang.session import Outcome, Session
from lang.show import bundles, last, remarks
from lang.show.bundles import Bundle
from lang.source import Source
from lang.syntax import tree
from lang.syntax.parse import parse

Prompt = Callable[[str], str]
"""Asks a person for a line; raises EOFError or the frontend's own error where nobody answers."""


@dataclass
class Done:
    """What a cell did, and how it is shown: bundles in order, the error's last."""

    outcome: Outcome
    bundles: list[Bundle]

    @property
    def error(self) -> AdError | None:
        return self.outcome.error


class Cells:
    """A session whose texts are cells.

    Args:
        prompt: asks for the value of an input; None where nobody can be asked.
        settings: `limits`, `ieee` and `kinks` of the session.
    """

    def __init__(self, prompt: Prompt | None = None, **settings: Any) -> None:
        self.prompt = prompt
        self.session = Session(ask=self._ask, **settings)
        self.count = 0

    def run(self, text: str, inputs: Mapping[str, float] | None = None, name: str = "") -> Done:
        """Run a cell.

        Args:
            text: its text.
            inputs: values for inputs of this cell.
            name: what errors call it; by default `cell 3`.
        """
        self.count += 1
        source = Source(text if text.endswith("\n") else text + "\n", name or f"cell {self.count}")
        try:
            body = parse(source, self.session.settings.limits).body
            self.session.inputs = _known(inputs or {}, body, self.session)
        except AdError as error:
            return self._shown(Outcome(error=error.within(source)), ())
        try:
            outcome = self.session.run(source)
        except AdError as error:  # an answer to a question that no run can use
            outcome = Outcome(error=error)
        finally:
            self.session.inputs = {}
        return self._shown(outcome, body)

    def _shown(self, outcome: Outcome, body: tree.Block) -> Done:
        made: list[Bundle] = []
        try:
            with within(self.session.settings.limits.seconds):
                made += self._results(outcome, body)
        except LimitExceeded as error:
            outcome = outcome.but(error=outcome.error or error)
        made += [bundles.note(each) for each in remarks.merged(outcome.shown, outcome.notes)]
        if outcome.error is not None:
            made.append(bundles.error(outcome.error))
        return Done(outcome, made)

    def _results(self, outcome: Outcome, body: tree.Block) -> list[Bundle]:
        if outcome.shown or outcome.error is not None:
            return bundles.everything(outcome.shown)
        named = [(name, (outcome.values[name],)) for name in last.names(body) if name in outcome.values]
        return [bundles.rows(named)] if named else []

    def _ask(self, name: str, default: float | None) -> float | None:
        """A value from the person at the notebook; an empty answer takes the default."""
        if self.prompt is None or default is not None:
            return default
        words = f"{name} = ? "
        while True:
            try:
                answer = self.prompt(words).strip()
            except EOFError:
                return None
            if not answer:
                return None
            try:
                return finite(name, typed(answer))
            except InputError as error:
                words = f"{error.message}; {name} = ? "


def typed(answer: str) -> float | bool | str:
    """The number that an answer stands for: digits, or an expression such as `pi/2`; else the answer itself."""
    outcome = Session().run(answer)
    values = [value for each in outcome.shown for value in getattr(each, "values", ())]
    return values[0] if outcome.error is None and len(values) == 1 else answer


def _known(inputs: Mapping[str, object], body: tree.Block, session: Session) -> dict[str, float]:
    """Bindings, each checked to be a number for an input of the cell.

    Args:
        session: what the cells before defined.

    Raises:
        InputError: it is not.
    """
    known = list(dict.fromkeys(_inputs(body)))
    for name in inputs:
        if name not in known:
            near = get_close_matches(name, known, 1)
            others = f"its inputs are {', '.join(known)}" if known else f"write `{name} = ?` in it"
            if name in session.values:
                others = f"an earlier cell has it: ask `... at {name}=2`, or write `{name} = ?` in this one"
            raise InputError(f"this cell has no input `{name}`", hint=f"did you mean `{near[0]}`?" if near else others)
    return {name: finite(name, value) for name, value in inputs.items()}


def _inputs(body: tree.Block) -> Iterator[str]:
    pending = list(body)
    while pending:
        node = pending.pop(0)
        match node:
            case tree.Input():
                yield node.target.name
            case tree.While() | tree.For():
                pending += node.body
            case tree.If():
                pending += [each for _, block in node.branches for each in block]
                pending += node.otherwise or ()


__all__ = ["Cells", "Done", "typed"]
