"""What is typed -> who answers it: the loop of the REPL.

Law: nothing a person types ends the talk but Ctrl-D and `:quit`; Ctrl-C drops what is typed or running, and what was
before holds; a fault of our own is said in one line and changes nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from lang import __version__
from lang.diagnostic import Segment
from lang.repl.language import Language
from lang.show import ansi

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples

    from lang.repl.editor import Editor
    from lang.repl.plain import Plain
    from lang.repl.tour import Tour
    from lang.session import Outcome


class Talk:
    """A session and the terminal it is typed at.

    Args:
        settings: `limits`, `ieee` and `kinks` of the session.
        color: `auto`, `always` or `never`.
        tour: begin with the first lesson.
    """

    def __init__(self, settings: dict[str, Any], color: str, tour: bool = False) -> None:
        dumb = os.environ.get("TERM", "") in ("", "dumb", "unknown")
        self.coloured = color == "always" or (color == "auto" and not os.environ.get("NO_COLOR") and not dumb)
        self.language = Language(settings, self._ask)
        self.editor: Editor | Plain
        if dumb:
            from lang.repl.plain import Plain

            self.editor = Plain()
        else:
            from lang.repl.editor import Editor

            self.editor = Editor(self.language, self.coloured, lambda: self.watched)
        self.watched: StyleAndTextTuples = []
        self.watching: tuple[str, ...] = ()
        self.digits = 0
        self.last = ""
        self.asked: list[str] = []
        self.tour: Tour | None = None
        self.begins_with_tour = tour
        self.left = False

    def go(self) -> int:
        """Talk until Ctrl-D."""
        if self.begins_with_tour:
            from lang.repl.tour import Tour

            self.tour = Tour()
            self.say(self.tour.begin())
        else:
            self.say(
                [("adlang", "title"), (f" {__version__}", "gutter"), ("   new here? ", "gutter"), (":tour", "verb")]
            )
        while not self.left:
            try:
                self.turn(self.editor.read())
            except KeyboardInterrupt:
                self.say([("stopped", "gutter")])
            except EOFError:
                break
            except Exception as error:
                words = " ".join(f"{type(error).__name__}: {error}".split())[:200]
                self.say(
                    [("error: ", "error"), (f"adlang has a fault: {words}. Nothing is lost; please report it", "")]
                )
        return 0

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

    def run(self, text: str) -> Outcome:
        """Run a text of the language and tell what it did."""
        from lang.repl.telling import told

        self.asked = []
        names = text.replace(" ", "").split("\n")
        outcome = self.language.journal.run(text + "\n")
        hidden = {name for name in self.asked if f"{name}=?" in "".join(names)}
        if outcome.shown:
            hidden.add("ans")
        for block in told(outcome, self.editor.columns, self.digits, hidden):
            self.say(block)
            self.last = ansi.text(block)
        self.look()
        self.lesson(text, outcome)
        return outcome

    def lesson(self, typed: str, outcome: Outcome | None = None) -> None:
        """Go on with the tour where an entry was what it asked for."""
        if self.tour is not None:
            self.say(self.tour.after(typed, outcome))
            self.tour = None if self.tour.over else self.tour

    def look(self) -> None:
        """Work out again what is watched."""
        from lang.repl.watching import watch

        self.watched = watch(self.language.journal.session, self.watching, self.digits) if self.watching else []

    def say(self, pieces: list[Segment]) -> None:
        """Print pieces of text and end their line; nothing for no pieces."""
        if pieces:
            print(ansi.text(pieces, self.coloured), flush=True)

    def _ask(self, name: str, default: float | None) -> float | None:
        """Ask for an input; an empty answer takes the default, else the value it had last."""
        from lang.repl.answers import number_of, wrong
        from lang.show.numbers import number

        given = self.language.journal.given.get(name)
        suggested = default if default is not None else given
        while True:
            try:
                answer = self.editor.ask(name, "" if suggested is None else number(suggested), wrong).strip()
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
