"""Lines read as they come, for terminals that can neither move a cursor nor show colours (`TERM=dumb`).

Law: the same entries as at a real terminal: a block goes on until a blank line.
"""

from __future__ import annotations

from collections.abc import Callable

from lang.repl.keys import goes_on

PROMPT, MORE = "ad> ", "... "


class Plain:
    """The editor of a terminal without any."""

    columns = 80

    def read(self) -> str:
        """The next entry.

        Raises:
            EOFError: Ctrl-D. KeyboardInterrupt: Ctrl-C.
        """
        text = input(PROMPT)
        while goes_on(text):
            text += "\n" + input(MORE)
        return text

    def ask(self, name: str, suggestion: str, valid: Callable[[str], str]) -> str:
        """The answer to the question for an input."""
        while True:
            answer = input(f"{name} = ? [{suggestion}] " if suggestion else f"{name} = ? ").strip()
            wrong = valid(answer) if answer else ""
            if not wrong:
                return answer
            print(wrong)

    def vi(self) -> bool:
        """There is nothing to change."""
        return False
