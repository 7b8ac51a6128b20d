"""An answer -> the same answer, able to show itself in a notebook.

Law: nothing is laid out before it is shown, and no renderer imported, so an answer that nobody looks at costs nothing.
"""

from __future__ import annotations

from typing import Any

from lang.verbs.core.answer import Answer


class Rich(Answer):
    """An answer that shows itself in a notebook."""

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
