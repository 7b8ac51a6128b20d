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
from lang.steps.program import assigned_names
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


@dataclass(frozen=True)
class Change:
    """Something that can be undone: its words, the first entry it made, and the entries that it took the place of."""

    label: str
    first: int
    replaced: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Rerun:
    """What another value changed: the values that are different now, and a remark where one is needed."""

    values: dict[str, float | bool]
    remark: str = ""


class Journal:
    """The entries of a session.

    Attributes:
        session: where they ran.
        entries: those that hold. done, undone: the changes that hold, and those that were taken back, the last first.
        given: the last value of each input.
        last: the statements that ran last.
        version: another number whenever what the names mean may be another.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.entries: list[Entry] = []
        self.done: list[Change] = []
        self.undone: list[Change] = []
        self.given: dict[str, float] = {}
        self.asked: dict[str, float] = {}
        self.version = 0
        self.last: tree.Block = ()
        self._blank = session.state()
        self._person = session.ask
        session.ask = self._ask

    def run(self, text: str, name: str | None = None) -> Outcome:
        """Run a text and write it down, as far as it ran.

        Args:
            name: what errors call it.
        """
        before = self.session.state()
        self.asked = {}
        kept = True
        try:
            outcome = self.session.run(text, name)
        except KeyboardInterrupt:
            raise
        except BaseException:
            kept = False
            self.session.restore(before)
            raise
        finally:
            after = self.session.state()
            body = after.body[len(before.body) :]
            self.last = body
            if kept and body:
                self._write(Entry(text[: body[-1].span[1]], dict(self.asked), before, after))
        return outcome

    def _write(self, entry: Entry) -> None:
        if entry.changes:
            self.done.append(Change(_head(entry), len(self.entries)))
            self.undone.clear()
            self.version += 1
        self.entries.append(entry)

    # --- back and forth -------------------------------------------------------------------------------------

    def undo(self) -> str | None:
        """Take back the last change; what it was, None where there is none."""
        return self._turn(self.done, self.undone)

    def redo(self) -> str | None:
        """Do again what was undone last."""
        return self._turn(self.undone, self.done)

    def reset(self) -> None:
        """Forget everything; that can be undone."""
        if self.entries:
            self._replace(":reset", 0, [])

    def _turn(self, source: list[Change], target: list[Change]) -> str | None:
        """Put the entries that a change took away in the place of those that it made."""
        if not source:
            return None
        change = source.pop()
        made = tuple(self.entries[change.first :])
        target.append(replace(change, replaced=made))
        self._put(change.first, list(change.replaced))
        return change.label

    def _replace(self, label: str, first: int, entries: list[Entry]) -> None:
        self.done.append(Change(label, first, tuple(self.entries[first:])))
        self.undone.clear()
        self._put(first, entries)

    def _put(self, first: int, entries: list[Entry]) -> None:
        self.entries[first:] = entries
        self.version += 1
        self.session.restore(self.entries[-1].after if self.entries else self._blank)

    # --- other inputs ---------------------------------------------------------------------------------------

    def set(self, name: str, value: float) -> Rerun:
        """Give a name another value where its last line of its own gives it one, and run everything after that again.

        Returns:
            The values that are different now.

        Raises:
            AdError: no line gives the name a value, or the program does not run with this one.
        """
        later = ""
        for at in range(len(self.entries) - 1, -1, -1):
            entry = self.entries[at]
            for each in reversed(entry.body):
                if isinstance(each, tree.Input) and each.target.name == name and name in entry.given:
                    return self._again(at, replace(entry, given={**entry.given, name: value}), name, value, later)
                if isinstance(each, tree.Assign | tree.Input) and name in _targets(each):
                    other = replace(entry, text=_reassigned(entry.text, each, name, value))
                    return self._again(at, other, name, value, later)
                if name in assigned_names((each,)):
                    later = later or entry.text[slice(*each.span)].split("\n")[0]
        if later:
            raise CommandError(
                f"only `{later}` gives `{name}` a value",
                hint=f"`:set` changes what a line of its own gives, such as `{name} = {number(value)}` before it",
            )
        if name in self.session.scope.functions:
            raise CommandError(f"`{name}` is a function, and `:set` gives a name another value")
        raise CommandError(f"nothing gives `{name}` a value yet", hint=f"write `{name} = ?` or `{name} = 2`")

    def _again(self, at: int, changed: Entry, name: str, value: float, later: str) -> Rerun:
        before, values = self.session.state(), self.session.values
        try:
            entries = self._replay([changed, *self.entries[at + 1 :]], changed.before)
        except BaseException:
            self.session.restore(before)
            raise
        self._replace(f":set {name} {number(value)}", at, entries)
        new = self.session.values
        different = {each: new[each] for each in new if each != "ans" and values.get(each) != new[each]}
        return Rerun(different, f"`{later}` goes on from there with `{name}`" if later else "")

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


def _head(entry: Entry) -> str:
    return entry.text.strip().split("\n")[0]


def _targets(node: tree.Assign | tree.Input) -> list[str]:
    return [node.target.name] if isinstance(node, tree.Input) else [each.name for each in node.targets]


def _reassigned(text: str, node: tree.Assign | tree.Input, name: str, value: float) -> str:
    """A text in which one assignment gives a name another value."""
    start, end = node.span
    digits = number(value)
    if isinstance(node, tree.Assign) and len(node.targets) > 1:
        if len(node.values) < len(node.targets):  # p, q = f(x)
            return f"{text[:end]}; {name} = {digits}{text[end:]}"
        start, end = node.values[_targets(node).index(name)].span
        return f"{text[:start]}{digits}{text[end:]}"
    mark = "? " if isinstance(node, tree.Input) else ""
    return f"{text[:start]}{name} = {mark}{digits}{text[end:]}"


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
