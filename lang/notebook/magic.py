"""`%load_ext lang` -> `%%ad` cells and `%ad` lines in a Python notebook.

Law: a binding is a Python expression of the notebook, evaluated by the notebook itself as any cell of its owner is; the
text of the cell never becomes Python. A cell that fails is shown as a located error, counts as failed (so "run all"
stops), and has no traceback.

    %%ad x=2 y=v -o r
    x = ?
    y = ?
    z = x * y + sin(x)
    grad z
"""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher
from IPython.core.error import StdinNotImplementedError, UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, line_cell_magic, magics_class
from IPython.display import publish_display_data

from lang.assist import completion
from lang.errors import AdError
from lang.notebook.asking import asked, told
from lang.notebook.cells import Cells
from lang.notebook.line import Line, LineError, read
from lang.reading import parse
from lang.result import Result

EXAMPLE = "write it like `%%ad x=2 y=v -o r`"


class CellFailed(Exception):
    """A cell failed and has been shown; this only tells the notebook, and whoever runs it without looking."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def ask(words: str) -> str:
    """A line from the person at the notebook.

    Raises:
        EOFError: nobody answers.
    """
    try:
        return input(words)
    except StdinNotImplementedError:
        raise EOFError from None


@magics_class
class AdMagics(Magics):
    """The magics; cells share one session, as the cells of Python share one namespace."""

    def __init__(self, shell: InteractiveShell) -> None:
        super().__init__(shell)
        self.cells = Cells(ask)

    @line_cell_magic
    def ad(self, line: str, cell: str | None = None) -> None:
        """Run a cell of adlang: `%%ad x=2 y=v -o r` above it, or one line: `%ad grad z`; `%ad ?sin` tells about `sin`.

        x=EXPR       the value of the input `x = ?`, any Python expression
        -o NAME      keep the result (values, shown, notes) as a Python name
        -p NAME      keep the program of this cell, to call `NAME.grad("z", x=2)`
        --fresh      forget earlier cells
        --ieee       let inf and nan flow;  --kinks note|error|silent
        """
        name = asked(line if cell is None else cell)
        if name:
            publish_display_data(told(name, self.cells.session))
            return
        if cell is None:
            self._run(line, Line())
            return
        try:
            self._run(cell, read(line))
        except LineError as error:
            raise UsageError(f"{error}; {EXAMPLE}") from None

    def _run(self, text: str, line: Line) -> None:
        if "--fresh" in line.options:
            self.cells = Cells(ask)
        settings = self.cells.session.settings
        kinks = line.options.get("--kinks", "note")
        if kinks not in ("note", "error", "silent"):
            raise UsageError(f"--kinks is note, error or silent, not {kinks}")
        self.cells.session.settings = settings.but(ieee="--ieee" in line.options, kinks=kinks)
        given = {name: self._value(name, text) for name, text in line.bindings.items()}
        done = self.cells.run(text, given)
        for bundle in done.bundles:
            publish_display_data(bundle)
        outcome = done.outcome
        if "--out" in line.options:
            self.shell.push({line.options["--out"]: Result(outcome.values, outcome.shown, outcome.notes)})
        if "--program" in line.options and done.error is None:
            self.shell.push({line.options["--program"]: parse(text, f"cell {self.cells.count}")})
        if done.error is not None:
            raise CellFailed(done.error.render()) from None

    def _value(self, name: str, expression: str) -> Any:
        """What a Python expression is worth in the notebook.

        Raises:
            UsageError: it is not one, or fails.
        """
        try:
            return self.shell.ev(expression)
        except SyntaxError:
            raise UsageError(f"`{name}={expression}` is not a value; {EXAMPLE}") from None
        except Exception as error:
            raise UsageError(f"`{name}={expression}`: {type(error).__name__}: {error}") from None


CELL = re.compile(r"%%ad\b[^\n]*\n|\s*%ad ")


def completer(magics: AdMagics) -> Any:
    """What IPython asks for completions: in cells and lines of adlang, adlang answers alone."""

    @context_matcher(identifier="adlang", priority=1000)
    def complete(context: CompletionContext) -> SimpleMatcherResult:
        text, cursor = context.full_text, context.cursor_position
        cursor += sum(len(line) + 1 for line in text.split("\n")[: context.cursor_line])
        head = CELL.match(text)
        if head is None or cursor < head.end():
            return SimpleMatcherResult(completions=[])
        found = completion(text[head.end() :], cursor - head.end(), magics.cells.session)
        return SimpleMatcherResult(
            completions=[SimpleCompletion(item.text, type=item.kind) for item in found.items],
            matched_fragment=text[head.end() + found.start : cursor],
            suppress=True,
        )

    return complete


def load(shell: InteractiveShell) -> None:
    """Add the magics, their completion, and the silent end of failed cells."""
    magics = AdMagics(shell)
    shell.register_magics(magics)
    shell.Completer.custom_matchers.append(completer(magics))
    if not shell.custom_exceptions:
        shell.set_custom_exc((CellFailed, AdError), _told)


def unload(shell: InteractiveShell) -> None:
    """Take them away again."""
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("ad", None)
    matchers = shell.Completer.custom_matchers
    matchers[:] = [each for each in matchers if getattr(each, "matcher_identifier", "") != "adlang"]
    if CellFailed in shell.custom_exceptions:
        shell.set_custom_exc((), None)


def _told(
    shell: InteractiveShell,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType,
    tb_offset: Any = None,
) -> list[str]:
    """A failed cell has said why; an error of adlang that Python code met says it here, below Python's own lines."""
    if isinstance(error, AdError):
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)
        from lang.show import bundles

        publish_display_data(bundles.error(error))
    else:
        shell._last_traceback = str(error).splitlines()
    return []
