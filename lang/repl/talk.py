"""A session and the terminal it is typed at: what can be said, run, watched and asked there.

Law: whoever answers an entry (a command, a lesson, the loop) does it through this; only this prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from lang.repl.colours import Colours
from lang.repl.faults import Faults
from lang.repl.language import Language
from lang.show import ansi

if TYPE_CHECKING:
    from pathlib import Path

    from lang.diagnostic import Segment
    from lang.repl.tour import Tour
    from lang.repl.watching import Watch
    from lang.session import Outcome


class Terminal(Protocol):
    """What reads lines: the line editor, or `Plain` where there is none."""

    faults: Faults

    @property
    def columns(self) -> int:
        """How wide the window is."""

    def read(self, suggestion: str = "") -> str:
        """An entry, of one line or more."""

    def typed(self) -> str:
        """What was typed when Ctrl-C was pressed."""

    def ask(self, name: str, suggestion: str) -> str:
        """An answer to a question."""

    def quiet(self) -> AbstractContextManager[None]:
        """While this lasts, what a person types is not shown by itself."""

    def vi(self) -> bool:
        """Change between vi keys and emacs keys; are they vi's now?"""


class Talk:
    """A session and the terminal it is typed at.

    Args:
        settings: `limits`, `ieee` and `kinks` of the session.
        colours: of what is said.
        editor: makes what reads lines, given the talk.

    Attributes:
        digits: significant digits to show; 0 for all.
        last: the last answer, as plain text.
        left: was it left with `:quit`?
        own: files that were loaded or saved.
        draft: a text from the person's editor that did not run; empty if there is none.
    """

    def __init__(self, settings: dict[str, Any], colours: Colours, editor: Callable[[Talk], Terminal]) -> None:
        self.colours = colours
        self.language = Language(settings, self._ask)
        self.watch: Watch | None = None
        self.editor = editor(self)
        self.terminal = ExitStack()
        self.digits = 0
        self.last = ""
        self.asked: list[str] = []
        self.tour: Tour | None = None
        self.left = False
        self.own: set[Path] = set()
        self.draft = ""

    def fault(self, what: str) -> None:
        """Tell a fault of our own."""
        import textwrap

        said = f"error: adlang has a fault: {what}. Nothing is lost; please report it"
        self.say([("error:", "error"), (textwrap.fill(said, self.editor.columns - 1).removeprefix("error:"), "")])

    def run(self, text: str, name: str | None = None) -> Outcome:
        """Run a text of the language, perhaps of a file of that name, and tell what it did."""
        from lang.repl.telling import told

        self.asked = []
        names = text.replace(" ", "").split("\n")
        journal = self.language.journal
        outcome = journal.run(text + "\n", name)
        hidden = {name for name in self.asked if f"{name}=?" in "".join(names)}
        if outcome.shown:
            hidden.add("ans")
        answers, remarks = told(outcome, self.editor.columns, self.digits, hidden, journal.session, journal.last)
        for block in (*answers, *remarks):
            self.say(block)
        self.last = "\n".join(ansi.text(block) for block in answers) or self.last
        self.look()
        self.lesson(text, outcome)
        return outcome

    def tours(self) -> list[Segment]:
        """Begin the tour; its first words."""
        from lang.repl.telling import line
        from lang.repl.tour import Tour

        self.tour = Tour(self.editor.columns, line, self.colours.on)
        return self.tour.begin()

    def lesson(self, typed: str, outcome: Outcome | None = None) -> None:
        """Go on with the tour where an entry was what it asked for."""
        if self.tour is not None:
            self.say(self.tour.after(typed, outcome))
            self.tour = None if self.tour.over else self.tour

    def look(self) -> None:
        """Work out again what is watched."""
        if self.watch is not None:
            journal = self.language.journal
            self.watch.look(journal.session, journal.version, self.digits)

    @contextmanager
    def loud(self) -> Iterator[None]:
        """The terminal as other programs want it."""
        self.terminal.close()
        try:
            yield
        finally:
            self.terminal.enter_context(self.editor.quiet())

    def say(self, pieces: list[Segment]) -> None:
        """Print pieces of text and end their line; nothing for no pieces."""
        if pieces:
            print(ansi.text(pieces, self.colours.on, self.colours.codes), flush=True)

    def _ask(self, name: str, default: float | None) -> float | None:
        """Ask for an input; an empty answer takes the default, else the value it had last."""
        from lang.repl.answers import number_of
        from lang.show.numbers import number

        given = self.language.journal.given.get(name)
        suggested = default if default is not None else given
        while True:
            try:
                answer = self.editor.ask(name, "" if suggested is None else number(suggested)).strip()
            except EOFError:
                return None
            if answer:
                self.asked.append(name)
                return number_of(name, answer, self.language.values())
            if suggested is not None:
                return suggested
