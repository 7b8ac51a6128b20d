"""An answer -> the same answer, able to show itself: its text in the form that was asked for, and in a notebook more.

Law: nothing is laid out before it is shown, and no renderer imported, so an answer that nobody looks at costs nothing.
"""

from __future__ import annotations

from typing import Any

from lang.verbs.core.answer import Answer

LINES = 40
"""How much of a long text Python's own prompt shows."""


class Rich(Answer):
    """An answer that shows itself."""

    def __str__(self) -> str:
        """What people read, without colours."""
        from lang.show import forms

        return "".join(piece for piece, _ in forms.answer(self))

    def __repr__(self) -> str:
        """The same for Python's own prompt; of a long text the beginning."""
        lines = str(self).split("\n")
        more = len(lines) - LINES
        return "\n".join([*lines[:LINES], *([f"… {more:,} more lines"] if more > 0 else [])])

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        from lang.show import bundles

        return bundles.answer(self)

    def _repr_html_(self) -> str:
        from lang.show import html

        return html.framed(html.pieces(self.pieces))

    def _repr_latex_(self) -> str:
        from lang.show import latex

        return latex.pieces(self.pieces)


def rich(each: Answer) -> Rich:
    """The same answer, able to show itself."""
    return Rich(*(getattr(each, name) for name in Answer.__match_args__))
