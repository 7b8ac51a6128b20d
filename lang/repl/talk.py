"""What is typed -> who answers it: the loop of the REPL.

Law: nothing a person types ends the talk but Ctrl-D and `:quit`; Ctrl-C drops what is typed or running, and what was
before holds; a fault of our own is said in one line and changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lang import __version__
from lang.repl.colours import Colours
from lang.repl.faults import words
from lang.repl.language import Language
from lang.show import ansi

if TYPE_CHECKING:
    from lang.diagnostic import Segment
    from lang.repl.editor import Editor
    from lang.repl.files import Files
    from lang.repl.plain import Plain
    from lang.repl.tour import Tour
    from lang.repl.watching import Watch
    from lang.session import Outcome

PATIENCE = 3
"""How often in a row the editor may fail before lines are read without it."""


class Talk:
    """A session and the terminal it is typed at.

    Args:
        settings: `limits`, `ieee` and `kinks` of the session.
        color: `auto`, `always` or `never`.
        tour: begin with the first lesson.
    """

    def __init__(self, settings: dict[str, Any], color: str, tour: bool = False) -> None:
        dumb = os.environ.get("TERM", "") in ("", "dumb", "unknown")
        plain = dumb or bool(os.environ.get("NO_COLOR"))
        self.colours = Colours(color == "always" or (color == "auto" and not plain))
        self.language = Language(settings, self._ask)
        self.watch: Watch | None = None
        self.editor: Editor | Plain
        if dumb:
            from lang.repl.plain import Plain

            self.editor = Plain()
        else:
            from lang.repl.editor import Editor

            self.editor = Editor(self.language, self.colours, lambda: self.watch.pieces if self.watch else [])
        self.terminal = ExitStack()
        self.digits = 0
        self.last = ""
        self.asked: list[str] = []
        self.tour: Tour | None = None
        self.begins_with_tour = tour
        self.left = False

    def go(self) -> int:
        """Talk until Ctrl-D."""
        if self.begins_with_tour:
            self.say(self.tours())
        else:
            self.say(
                [("adlang", "title"), (f" {__version__}", "gutter"), ("   new here? ", "gutter"), (":tour", "verb")]
            )
        with self.terminal:
            self.terminal.enter_context(self.editor.quiet())
            self._loop()
        return 0

    def _loop(self) -> None:
        failed = 0
        while not self.left:
            try:
                typed = self.editor.read(self.tour.show_me() if self.tour else "")
                failed = 0
            except KeyboardInterrupt:
                self.say([("Ctrl-D or :quit leaves", "gutter")] if self._idle() else [])
                continue
            except EOFError:
                break
            except Exception as error:
                failed += 1
                self.fault(words(error))
                if failed == PATIENCE:
                    self._plain()
                continue
            try:
                self.turn(typed)
            except KeyboardInterrupt:
                self.say([("stopped", "gutter")])
            except Exception as error:
                self.fault(words(error))
            for each in self.editor.faults.tell():
                self.fault(each)

    def _idle(self) -> bool:
        """Was nothing typed when Ctrl-C was pressed? Then it was meant to leave."""
        return not self.editor.typed().strip()

    def _plain(self) -> None:
        """The editor fails again and again: read lines without one."""
        from lang.repl.plain import Plain

        self.terminal.close()
        self.editor = Plain()
        self.say([("the line editor does not work here; lines are read without it from now on", "gutter")])

    def fault(self, what: str) -> None:
        """Tell a fault of our own."""
        import textwrap

        said = f"error: adlang has a fault: {what}. Nothing is lost; please report it"
        self.say([("error:", "error"), (textwrap.fill(said, self.editor.columns - 1).removeprefix("error:"), "")])

    def turn(self, typed: str) -> None:
        """Answer one entry."""
        from lang.assist import clean

        text = clean(typed).strip("\n").rstrip()
        bare = text.strip()
        if self.tour is not None and not bare:
            text = bare = self.tour.show_me()
            self.say([("ad> ", "prompt"), (text, "")] if text else [])
        if not bare:
            return
        if bare.startswith(":"):
            from lang.repl.commands import command

            command(self, bare[1:])
            self.lesson(bare)
        elif _is_help(bare):
            from lang.repl.commands import command

            command(self, f"help {bare.strip('?').strip()}")
        else:
            self.run(text)

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

    @cached_property
    def files(self) -> Files:
        """The files that were loaded and saved."""
        from lang.repl.files import Files

        return Files()

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
                return number_of(name, answer)
            if suggested is not None:
                return suggested


def _is_help(text: str) -> bool:
    """`?name` or `name?`; `x = ?` is an input."""
    inner = text.strip("?").strip()
    if "\n" in text or "=" in text.strip("?= ") or not (text.startswith("?") or text.endswith("?")):
        return False
    return text.startswith("?") or ("=" not in text and " " not in inner)
