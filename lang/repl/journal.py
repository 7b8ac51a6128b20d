"""What was entered, in order -> the session as it was, as it would be with other inputs, and the program it amounts to.

Law: an entry either has an effect and is written down, or it failed and the session is as it was before the statement
that failed. Going back is cheap (states are kept); another input means that everything is run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lang.assist.words import words
from lang.errors import CommandError
from lang.session import Outcome, Session, State
from lang.show.numbers import number
from lang.syntax import tree

IDLE = (tree.Show, tree.Command)


@dataclass(frozen=True)
class Entry:
    """A text that ran, the inputs it asked for, its statements, and the session before it and after."""

    text: str
    given: Mapping[str, float]
    before: State
    after: State

    @property
    def body(self) -> tree.Block:
        """Its statements."""
        return self.after.body[len(self.before.body) :]

    @property
    def changes(self) -> bool:
        """Does it do more than show something?"""
        return any(
            not isinstance(each, IDLE) and not (isinstance(each, tree.Assign) and each.targets[0].name == "ans")
            for each in self.body
        )


class Journal:
    """The entries of a session.

    Attributes:
        session: where they ran.
        entries: those that hold. undone: those that were taken back, the last first.
        given: the last value of each input.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.entries: list[Entry] = []
        self.undone: list[list[Entry]] = []
        self.given: dict[str, float] = {}
        self.asked: dict[str, float] = {}
        self._blank = session.state()
        self._person = session.ask
        session.ask = self._ask

    def run(self, text: str) -> Outcome:
        """Run a text and write it down, as far as it ran."""
        before = self.session.state()
        self.asked = {}
        kept = True
        try:
            outcome = self.session.run(text)
        except KeyboardInterrupt:
            raise
        except BaseException:
            kept = False
            self.session.restore(before)
            raise
        finally:
            after = self.session.state()
            body = after.body[len(before.body) :]
            if kept and body:
                self.entries.append(Entry(text[: body[-1].span[1]], dict(self.asked), before, after))
                self.undone.clear()
        return outcome

    def undo(self) -> str | None:
        """Take back the last entry that changed something; what it was, None where there is none."""
        return self._move(self.entries, self.undone)

    def redo(self) -> str | None:
        """Do again what was undone last."""
        if not self.undone:
            return None
        again = self.undone.pop()
        self.entries += again
        self.session.restore(again[-1].after)
        return _head(again)

    def reset(self) -> None:
        """Forget everything."""
        self.session.restore(self._blank)
        self.entries, self.undone = [], []

    def _move(self, entries: list[Entry], undone: list[list[Entry]]) -> str | None:
        at = next((at for at in range(len(entries) - 1, -1, -1) if entries[at].changes), None)
        if at is None:
            return None
        gone = entries[at:]
        del entries[at:]
        undone.append(gone)
        self.session.restore(gone[0].before)
        return _head(gone)

    # --- other inputs ---------------------------------------------------------------------------------------

    def set(self, name: str, value: float) -> dict[str, float | bool]:
        """Give an input, or a name that was simply assigned, another value, and run everything again.

        Returns:
            The values that are different now.

        Raises:
            AdError: the name has no value to be changed, or the program does not run with this one.
        """
        for at in range(len(self.entries) - 1, -1, -1):
            entry = self.entries[at]
            if name in entry.given:
                return self._again(at, replace(entry, given={**entry.given, name: value}))
            for each in reversed(entry.body):
                if isinstance(each, tree.Assign | tree.Input) and name in _targets(each):
                    return self._again(at, replace(entry, text=_reassigned(entry.text, each, name, value)))
        raise CommandError(f"nothing gives `{name}` a value yet", hint=f"write `{name} = ?` or `{name} = 2`")

    def _again(self, at: int, changed: Entry) -> dict[str, float | bool]:
        before, values = self.session.state(), self.session.values
        entries = [*self.entries[:at], changed, *self.entries[at + 1 :]]
        try:
            self.entries = self.entries[:at] + self._replay(entries[at:], entries[at].before)
        except BaseException:
            self.session.restore(before)
            raise
        self.undone.clear()
        new = self.session.values
        return {each: new[each] for each in new if each != "ans" and values.get(each) != new[each]}

    def _replay(self, entries: list[Entry], start: State) -> list[Entry]:
        self.session.restore(start)
        ask, made = self.session.ask, []
        try:
            for entry in entries:
                given, before = entry.given, self.session.state()
                self.session.ask = lambda name, default, given=given: given.get(name, default)
                outcome = self.session.run(entry.text)
                if outcome.error is not None:
                    raise outcome.error
                made.append(replace(entry, before=before, after=self.session.state()))
                self.given.update(given)
        finally:
            self.session.ask = ask
        return made

    def _ask(self, name: str, default: float | None) -> float | None:
        value = self._person(name, default) if self._person else default
        if value is not None:
            self.asked[name] = self.given[name] = value
        return value

    # --- the program ----------------------------------------------------------------------------------------

    def program(self) -> str:
        """The program that re-creates the session: inputs have what they were given as defaults."""
        uses = any(
            word.text == "ans" for entry in self.entries for line in entry.text.split("\n") for word in words(line)
        )
        return "".join(_written(entry, uses) + "\n" for entry in self.entries)


def _head(entries: list[Entry]) -> str:
    return entries[0].text.strip().split("\n")[0]


def _targets(node: tree.Assign | tree.Input) -> list[str]:
    return [node.target.name] if isinstance(node, tree.Input) else [each.name for each in node.targets]


def _reassigned(text: str, node: tree.Assign | tree.Input, name: str, value: float) -> str:
    """A text in which one assignment gives another value.

    Raises:
        CommandError: it is not a plain `x = ...`.
    """
    if isinstance(node, tree.Assign) and (node.operator or len(node.targets) > 1):
        raise CommandError(f"`{name}` comes from `{text[slice(*node.span)]}`", hint=f"write `{name} = {number(value)}`")
    mark = "? " if isinstance(node, tree.Input) else ""
    return f"{text[: node.span[0]]}{name} = {mark}{number(value)}{text[node.span[1] :]}"


def _written(entry: Entry, uses: bool) -> str:
    """An entry as a saved program has it: with its inputs, and `ans` spelled out where something uses it."""
    text = entry.text
    shown = {each.span for each in entry.body if isinstance(each, tree.Show)}
    for each in reversed(entry.body):
        start, end = each.span
        if isinstance(each, tree.Input) and each.target.name in entry.given:
            text = f"{text[:start]}{each.target.name} = ? {number(entry.given[each.target.name])}{text[end:]}"
        elif isinstance(each, tree.Assign) and uses and each.span in shown:
            text = f"{text[:start]}ans = {text[start:end]}; ans{text[end:]}"
    return text.strip("\n").rstrip()
