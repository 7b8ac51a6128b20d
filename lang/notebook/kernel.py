"""The Jupyter kernel: a notebook, a console or an editor whose cells are adlang.

Law: a cell's answers, errors and questions go over the same session and bundles as those of `%%ad`; a cell that is
interrupted says so, and what was before it holds.
"""

from __future__ import annotations

import re
import signal
from types import FrameType
from typing import Any

from ipykernel.kernelbase import Kernel
from IPython.core.error import StdinNotImplementedError

from lang import __version__, assist
from lang.notebook import asking
from lang.notebook.cells import Cells, Done

KINDS = {
    "own_function": "function",
    "name": "variable",
    "verb": "keyword",
    "clause": "keyword",
    "choice": "keyword",
    "letter": "text",
}
WORD = re.compile(r"[^\W\d]\w*")
SIGN = re.compile(r"\*\*|//|[-+*/%]")


class AdKernel(Kernel):
    """One session, asked over Jupyter's messages."""

    implementation = "adlang"
    implementation_version = __version__
    banner = f"adlang {__version__}: programs, and the programs of their derivatives. `?sin` tells about `sin`."
    language_info = {  # noqa: RUF012  Jupyter's own way
        "name": "adlang",
        "version": __version__,
        "mimetype": "text/x-adlang",
        "file_extension": ".ad",
        "pygments_lexer": "adlang",
        "codemirror_mode": "python",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.cells = Cells(self._question)
        self.running = self.asked_to_stop = False

    # --- interrupts -----------------------------------------------------------------------------------------

    def pre_handler_hook(self) -> None:
        """From here on an interrupt is ours: it stops a cell that runs, and one that is about to, never the next."""
        self.asked_to_stop = False
        self.saved_sigint_handler = signal.signal(signal.SIGINT, self._interrupted)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop = True
        if self.running:
            raise KeyboardInterrupt

    def _run(self, code: str) -> Done:
        """What a cell does.

        Raises:
            KeyboardInterrupt: it was interrupted, or before it began.
        """
        try:
            self.running = True
            if self.asked_to_stop:
                raise KeyboardInterrupt
            return self.cells.run(code)
        finally:
            self.running = self.asked_to_stop = False

    # --- running --------------------------------------------------------------------------------------------

    async def do_execute(
        self,
        code: str,
        silent: bool,
        store_history: bool = True,
        user_expressions: dict[str, str] | None = None,
        allow_stdin: bool = False,
        **more: Any,
    ) -> dict[str, Any]:
        """Run a cell and publish what it shows."""
        self._allow_stdin = allow_stdin
        name = asking.asked(code)
        if name:
            self._publish(asking.told(name, self.cells.session), silent)
            return self._done()
        try:
            done = self._run(code)
        except KeyboardInterrupt:
            self.running = self.asked_to_stop = False
            return self._stopped(silent)
        for bundle in done.bundles:
            self._publish(bundle, silent)
        if done.error is not None:
            return self._failed(type(done.error).__name__, done.error.message, done.error.render())
        return self._done()

    def _question(self, words: str) -> str:
        try:
            return str(self.raw_input(words))
        except StdinNotImplementedError:
            raise EOFError from None

    def _stopped(self, silent: bool) -> dict[str, Any]:
        words = "stopped; what was before this cell holds"
        self._publish(asking.remark(words), silent)
        return self._failed("KeyboardInterrupt", words, words)

    def _publish(self, bundle: dict[str, Any], silent: bool) -> None:
        if not silent:
            self.send_response(self.iopub_socket, "display_data", {"data": bundle, "metadata": {}, "transient": {}})

    def _done(self) -> dict[str, Any]:
        return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}

    def _failed(self, name: str, message: str, rendered: str) -> dict[str, Any]:
        return {
            "status": "error",
            "execution_count": self.execution_count,
            "ename": name,
            "evalue": message,
            "traceback": rendered.splitlines(),
        }

    # --- editing --------------------------------------------------------------------------------------------

    async def do_complete(self, code: str, cursor_pos: int) -> dict[str, Any]:
        """What may stand at a cursor."""
        found = assist.completion(code, cursor_pos, self.cells.session)
        kinds = [
            {
                "start": found.start,
                "end": found.end,
                "text": item.text,
                "type": KINDS.get(item.kind, item.kind),
                "signature": item.detail,
            }
            for item in found.items
        ]
        return {
            "status": "ok",
            "matches": list(dict.fromkeys(item.text for item in found.items)),
            "cursor_start": found.start,
            "cursor_end": found.end,
            "metadata": {"_jupyter_types_experimental": kinds},
        }

    async def do_inspect(
        self, code: str, cursor_pos: int, detail_level: int = 0, omit_sections: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """What there is to know about the word at a cursor."""
        word = word_at(code, cursor_pos)
        found = assist.inspect(word, self.cells.session) if word else None
        return {"status": "ok", "found": found is not None, "data": asking.page(found) if found else {}, "metadata": {}}

    async def do_is_complete(self, code: str) -> dict[str, str]:
        """Is a cell whole?"""
        found = assist.is_complete(code)
        if found.status == "incomplete":
            return {"status": "incomplete", "indent": found.indent}
        return {"status": found.status}

    async def do_shutdown(self, restart: bool) -> dict[str, Any]:
        """The end; a new session if it is a restart."""
        self.cells = Cells(self._question)
        return {"status": "ok", "restart": restart}


def word_at(code: str, cursor: int) -> str:
    """The name or operator at a cursor; inside a call's parentheses, where no word is, the function's name."""
    for pattern in (WORD, SIGN):
        for found in pattern.finditer(code):
            if found.start() <= cursor <= found.end():
                return found[0]
    head = assist.signature(code, cursor)
    return head.name if head else ""
