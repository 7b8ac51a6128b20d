"""A program -> its closed form and that of its derivatives, or the reason why it has none.

Law: SymPy is never trusted with time: a clock stands over it, expressions have a greatest size, and whatever stops it
is a sentence, not an error of SymPy's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lang import clock
from lang.domains.deadline import Late, deadline
from lang.domains.optional import library
from lang.domains.refusal import Undecided
from lang.domains.spoken import Wordless, speaker
from lang.domains.symbols import NODES, closed, size
from lang.errors import AdError, CommandError
from lang.evaluate.active import plain
from lang.evaluate.recipe import Recipe
from lang.evaluate.wanted import result
from lang.source import Source, Span
from lang.steps import form
from lang.syntax.parse import parse
from lang.verbs.core.elsewhere import began, parts, supply
from lang.verbs.core.programs import read_back

PATIENCE = 10.0
"""Seconds, at most, that SymPy may take."""
SHARE = 0.8
"""Of the time that is left: what comes after it needs some, too."""
FACTOR = 20
"""A derivative may be so many times larger than the largest expression."""


class NoForm(Exception):
    """There is no closed form: why, and where."""

    def __init__(self, why: str, span: Span | None = None, source: Source | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.span = span
        self.source = source

    def error(self, target: str) -> CommandError:
        """As an error of the language."""
        return CommandError(
            f"`{target}` has no closed form here: {self.why}",
            self.span,
            source=self.source,
            hint=f"`grad {target}` needs none",
        )


@dataclass(frozen=True)
class Closed:
    """Closed forms.

    Attributes:
        texts: of the value (under the target's name) and of each derivative (under the input's), in this language.
        latex: the same in LaTeX. sizes: their nodes.
        names: the name in them of each input.
    """

    target: str
    texts: dict[str, str]
    latex: dict[str, str]
    sizes: dict[str, int]
    symbols: tuple[str, ...]

    def at(self, recipe: Recipe, inputs: Mapping[str, float]) -> dict[str, float]:
        """The closed forms computed on doubles; nan where one has no value."""
        tried = self.tried(recipe, inputs)
        return {name: math.nan if isinstance(each, AdError) else each for name, each in tried.items()}

    def tried(self, recipe: Recipe, inputs: Mapping[str, float]) -> dict[str, float | AdError]:
        """The closed forms computed on doubles, or why they have no value: each is run as a program of its own."""
        found: dict[str, float | AdError] = {}

        def given(word: str, step: form.Input) -> float | None:
            return inputs.get(word)

        for name, text in self.texts.items():
            lines = [*(f"{each} = ?" for each in self.symbols), f"{self._fresh} = {text}"]
            program, block = read_back(parse(Source("\n".join(lines), "<closed form>")).body)
            part = form.Procedure("", (), block, 0, (), program.source, (0, 0))
            other = recipe.but(parts=(part,), body=program.body, supply=given, codes={}, marked={})
            try:
                found[name] = plain(result(other.values(), self._fresh))
            except AdError as error:
                found[name] = error
        return found

    @property
    def _fresh(self) -> str:
        name = "value"
        while name in self.symbols:
            name += "_"
        return name


def closed_form(recipe: Recipe, target: str, names: tuple[str, ...]) -> Closed:
    """The closed form of a result and of its derivatives by inputs.

    Raises:
        NoForm: there is none, and why. CommandError: SymPy is not installed, or a name is not an input.
    """
    library("sympy")
    _, others = recipe.split(names)
    if others:
        raise CommandError(f"a closed form is in the inputs; `{others[0]}` is not one").at(others[0])
    walked = parts(recipe, target)
    limits = recipe.settings.limits
    left = min(PATIENCE, max(0.1, SHARE * (limits.seconds - (clock.now() - began(recipe)))))
    try:
        with deadline(left):
            return _found(walked, recipe, target, names)
    except Undecided as why:
        raise NoForm(why.why, why.step.span, why.source) from None
    except Late:
        raise NoForm(f"SymPy needs more than {left:.0f} seconds for it") from None
    except (RecursionError, MemoryError):
        raise NoForm("it is nested too deep for SymPy") from None
    except (ArithmeticError, TypeError, ValueError, NotImplementedError) as trouble:
        raise NoForm(f"SymPy gives up on it ({type(trouble).__name__})") from None
    except Wordless as what:
        raise NoForm(f"SymPy leaves `{what}` in the derivative, which is no number") from None


def _found(walked: tuple[form.Procedure, ...], recipe: Recipe, target: str, names: tuple[str, ...]) -> Closed:
    values, domain = closed(walked, supply(recipe, walked), recipe.settings.limits, began(recipe))
    value = values.get(target)
    if value is None or isinstance(value, bool) or not hasattr(value.expression, "diff"):
        raise NoForm("it is no number")
    found: dict[str, Any] = {target: value.expression}
    for name in names:
        symbol = domain.names.get(name)
        slope = domain.sympy.Integer(0) if symbol is None else domain.sympy.diff(value.expression, symbol)
        found[f"d{target}/d{name}"] = slope
    sizes = {name: size(each) for name, each in found.items()}
    worst = max(sizes.values())
    if worst > NODES * FACTOR:
        raise NoForm(f"expression swell: its derivative has {worst:,} nodes")
    printer = speaker()
    texts = {name: str(printer.doprint(each)) for name, each in found.items()}
    latex = {name: str(domain.sympy.latex(each)) for name, each in found.items()}
    return Closed(target, texts, latex, sizes, tuple(domain.names))
