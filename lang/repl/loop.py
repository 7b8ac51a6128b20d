"""What is typed -> who answers it: the loop of the REPL.

Law: nothing a person types ends the talk but Ctrl-D and `:quit`; Ctrl-C drops what is typed or running, and what was
before holds; a fault of our own is said in one line and changes nothing.
"""

from __future__ import annotations

import os
import re
from typing import Any

from lang import __version__
from lang.repl.colours import Colours
from lang.repl.faults import words
from lang.repl.interrupts import Stopped
from lang.repl.talk import Talk, Terminal

WORDS = re.compile(r"(?P<word>help|exit|quit)(?:[ \t]+(?P<about>[\w:?]+)|\((?P<inside>\w*)\))?")
"""What other prompts understand, and this one too, unless the program gives it a meaning: `exit()`, `help sin`."""
MEANT = {"help": "help", "exit": "quit", "quit": "quit"}
PATIENCE = 3
"""How often in a row the editor may fail before lines are read without it."""


class Loop:
    """Reads entries and has them answered, until somebody leaves.

    Args:
        settings: `limits`, `ieee` and `kinks` of the session.
        color: `auto`, `always` or `never`.
        tour: begin with the first lesson.
    """

    def __init__(self, settings: dict[str, Any], color: str, tour: bool = False) -> None:
        dumb = os.environ.get("TERM", "") in ("", "dumb", "unknown")
        plain = dumb or bool(os.environ.get("NO_COLOR"))
        colours = Colours(color == "always" or (color == "auto" and not plain))
        self.talk = Talk(settings, colours, _plain if dumb else _editor)
        self.begins_with_tour = tour

    def go(self) -> int:
        """Talk until Ctrl-D."""
        if self.begins_with_tour:
            self.talk.say(self.talk.tours())
        else:
            self.talk.say(
                [("adlang", "title"), (f" {__version__}", "gutter"), ("   new here? ", "gutter"), (":tour", "verb")]
            )
        with self.talk.terminal:
            self.talk.terminal.enter_context(self.talk.editor.quiet())
            self._loop()
        return 0

    def _loop(self) -> None:
        failed = 0
        while not self.talk.left:
            try:
                typed = self.talk.editor.read(self.talk.tour.show_me() if self.talk.tour else "")
                failed = 0
            except Stopped:
                self.talk.say([("stopped", "gutter")])
                continue
            except KeyboardInterrupt:
                self.talk.say([("Ctrl-D or :quit leaves", "gutter")] if self._idle() else [])
                continue
            except EOFError:
                break
            except Exception as error:
                failed += 1
                self.talk.fault(words(error))
                if failed == PATIENCE:
                    self._plain()
                continue
            try:
                self.turn(typed)
            except KeyboardInterrupt:
                self.talk.say([("stopped", "gutter")])
            except Exception as error:
                self.talk.fault(words(error))
            for each in self.talk.editor.faults.tell():
                self.talk.fault(each)

    def _idle(self) -> bool:
        """Was nothing typed when Ctrl-C was pressed? Then it was meant to leave."""
        return not self.talk.editor.typed().strip()

    def _plain(self) -> None:
        """The editor fails again and again: read lines without one."""
        self.talk.terminal.close()
        self.talk.editor = _plain(self.talk)
        self.talk.say([("the line editor does not work here; lines are read without it from now on", "gutter")])

    def turn(self, typed: str) -> None:
        """Answer one entry; what was pasted may have commands of the prompt between its statements."""
        from lang.assist import clean

        text = clean(typed).strip("\n").rstrip()
        if self.talk.tour is not None and not text.strip():
            text = self.talk.tour.show_me()
            self.talk.say([("ad> ", "prompt"), (text, "")] if text else [])
        for part in _parts(text):
            if not self._answer(part):
                break

    def _answer(self, text: str) -> bool:
        """Answer a command of the prompt, or statements; false where those failed, and what follows is left undone."""
        bare = text.strip()
        if bare.startswith(":"):
            from lang.repl.commands import command

            command(self.talk, bare[1:])
            self.talk.lesson(bare)
        elif _is_help(bare):
            from lang.repl.commands import command

            command(self.talk, f"help {bare.strip('?').strip()}")
        elif (word := WORDS.fullmatch(bare)) and not self._defined(word["word"]):
            from lang.repl.commands import command

            command(self.talk, f"{MEANT[word['word']]} {word['about'] or word['inside'] or ''}")
        else:
            return self.talk.run(text).ok
        return True

    def _defined(self, word: str) -> bool:
        """Does the person's program use this word?"""
        session = self.talk.language.journal.session
        return word in session.values or word in session.scope.functions


def _parts(text: str) -> list[str]:
    """An entry, cut at the commands of the prompt (`:set x 2`, `?sin`): no statement begins like them."""
    parts: list[list[str]] = [[]]
    for line in text.split("\n"):
        parts += [[line], []] if line.startswith((":", "?")) else []
        parts[-1] += [] if line.startswith((":", "?")) else [line]
    whole = ["\n".join(part).rstrip() for part in parts]
    return [part.lstrip("\n") for part in whole if part.strip()]


def _editor(talk: Talk) -> Terminal:
    from lang.repl.editor import Editor

    return Editor(talk.language, talk.colours, lambda: talk.watch.pieces if talk.watch else [])


def _plain(talk: Talk) -> Terminal:
    from lang.repl.plain import Plain

    return Plain(talk.language.values)


def _is_help(text: str) -> bool:
    """`?name` or `name?`; `x = ?` is an input."""
    inner = text.strip("?").strip()
    if "\n" in text or "=" in text.strip("?= ") or not (text.startswith("?") or text.endswith("?")):
        return False
    return text.startswith("?") or ("=" not in text and " " not in inner)
