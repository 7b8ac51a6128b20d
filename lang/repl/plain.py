"""Lines read as they come, for terminals that can neither move a cursor nor show colours (`TERM=dumb`).

Law: the same entries as at a real terminal: a block goes on until a blank line.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from lang.repl.faults import Faults
from lang.repl.keys import goes_on

if TYPE_CHECKING:
    from lang.repl.answers import Known

PROMPT, MORE = "ad> ", "... "


class Plain:
    """The editor of a terminal without any.

    Args:
        known: tells what answers may be computed from.
    """

    columns = 80

    def __init__(self, known: Callable[[], Known] = dict) -> None:
        self.faults = Faults()
        self.known = known

    def read(self, suggestion: str = "") -> str:
        """The next entry, empty where nothing was typed; Ctrl-D within a block ends the block.

        Raises:
            EOFError: Ctrl-D. KeyboardInterrupt: Ctrl-C.
        """
        text = input(PROMPT)
        while goes_on(text):
            try:
                text += "\n" + input(MORE)
            except EOFError:
                print()
                return text
        return text

    def typed(self) -> str:
        """What stood there when the last `read` was broken off: a terminal without an editor does not tell."""
        return ""

    def ask(self, name: str, suggestion: str) -> str:
        """The answer to the question for an input."""
        from lang.repl.answers import Status, checked

        while True:
            answer = input(f"{name} = ? [{suggestion}] " if suggestion else f"{name} = ? ").strip()
            found = checked(answer, self.known()) if answer else None
            if found is None or found.status is Status.FINE:
                return answer
            print(found.said)

    def quiet(self) -> AbstractContextManager[None]:
        """Nothing to be done: such a terminal shows what is typed by itself."""
        return nullcontext()

    def vi(self) -> bool:
        """There is nothing to change."""
        return False
