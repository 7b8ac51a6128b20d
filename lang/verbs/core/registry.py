"""The verbs there are, and what may be asked of each: the one registry behind every face.

Law: a verb is known by its file's name and described by its `VERB`; a module is imported when its verb is first used,
so a start costs nothing for verbs that nobody asks.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from functools import cache
from importlib import import_module
from typing import NamedTuple

import lang.verbs
from lang.clock import within
from lang.errors import CommandError, LimitExceeded
from lang.evaluate.recipe import Recipe
from lang.evaluate.spending import Spent
from lang.steps.walk import assigned
from lang.verbs.core.answer import Answer, Question

FORMATS = ("text", "json", "markdown", "latex", "csv", "html")


class Verb(NamedTuple):
    """A question that can be asked of a program.

    Attributes:
        name: as programs and the command line write it.
        summary: what it answers, in one line.
        answer: from a program with its inputs and a question to the answer.
        targets: the least and the greatest number of targets; None for no bound.
        clauses: which of `wrt`, `at`, `along`, `by` it takes.
        ways: what may stand after `by`, its default first.
        formats: what may stand after `as`.
        styles: those of them that are programs of this language.
        free: targets are words of the verb's own, not names of the program.
        example: a line to learn from.
        gives: what the method of a program gives, as `lang/methods.pyi` writes it.
    """

    name: str
    summary: str
    answer: Callable[[Recipe, Question], Answer]
    targets: tuple[int, int | None] = (1, 1)
    clauses: frozenset[str] = frozenset({"wrt", "at"})
    ways: tuple[str, ...] = ()
    formats: tuple[str, ...] = FORMATS
    styles: tuple[str, ...] = ()
    free: bool = False
    example: str = ""
    gives: str = "dict[str, Any]"

    def ask(self, recipe: Recipe, question: Question) -> Answer:
        """Answer a question, after checking that the verb takes what it says.

        Raises:
            CommandError: too few or many targets, or a clause or word that the verb does not take.
        """
        least, most = self.targets
        count = len(question.targets)
        if count < least or (most is not None and count > most):
            raise self._miscounted(recipe, question, count)
        for word, given in (
            ("wrt", question.wrt or ()),
            ("at", question.at),
            ("along", question.along or ()),
            ("by", (question.by,) if question.by is not None else ()),
        ):
            for each in () if word in self.clauses else given:
                message = f"`{self.name}` takes no `{word}`"
                raise CommandError(message, hint=f"write it like `{self.example}`").at(str(each))
        if question.by is not None:
            choose(question.by, self.ways, f"`{self.name}` goes by", recipe.inputs if "wrt" in self.clauses else tuple)
        choose(question.form, self.formats, f"`{self.name}` can be shown as")
        with within(recipe.settings.limits.seconds):
            recipe = recipe.at(_inputs_only(recipe, question)).but(spent=Spent())
            try:
                return self.answer(recipe, question)
            except LimitExceeded as error:
                raise _placed(error, recipe, question.targets) from None

    def _miscounted(self, recipe: Recipe, question: Question, count: int) -> CommandError:
        """Too few or too many targets; inputs among them were meant as what to differentiate by."""
        if not count:
            return CommandError(f"`{self.name}` of what?", hint=f"write it like `{self.example}`")
        most = self.targets[1]
        wanted = "no names" if most == 0 else "one name" if most == 1 else "at least one name"
        hint = f"write it like `{self.example}`"
        first, *others = question.targets
        if most == 1 and "wrt" in self.clauses and not question.wrt and set(others) <= set(recipe.inputs()):
            hint = f"write `{self.name} {first} wrt {', '.join(others)}`"
        return CommandError(f"`{self.name}` asks about {wanted}, here are {count}", hint=hint)


def choose(word: str, known: Collection[str], what: str, inputs: Callable[[], tuple[str, ...]] = tuple) -> None:
    """Check a word against those that are known.

    Args:
        inputs: tells the names that may have been meant to follow `wrt`.

    Raises:
        CommandError: it is none of them.
    """
    if word not in known:
        near = closest(word, known)
        hint = f"did you mean `{near}`?" if near else f"write one of these, such as `{next(iter(known))}`"
        hint = f"to differentiate by it, write `wrt {word}`" if word in inputs() else hint
        raise CommandError(f"{what} {', '.join(known)}, not `{word}`", hint=hint).at(word)


def closest(word: str, known: Collection[str]) -> str:
    """The known word that is most like it; empty where none is."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, known, 1)), "")


def _inputs_only(recipe: Recipe, question: Question) -> dict[str, float]:
    inputs = recipe.inputs() if question.at else ()
    for name in question.at:
        if name not in inputs:
            near = closest(name, inputs)
            known = ", ".join(f"`{each}`" for each in inputs) or "none"
            raise CommandError(
                f"`at` gives values to inputs, and `{name}` is not one",
                hint=f"did you mean `{near}`?" if near else f"the inputs are {known}",
            ).at(name)
    return dict(question.at)


def _placed(error: LimitExceeded, recipe: Recipe, targets: tuple[str, ...]) -> LimitExceeded:
    """The error with a place in what the user wrote: where it has none there, what gives the target its value."""
    sources = [each.source for each in recipe.parts]
    if error.span is not None and error.source in sources:
        return error
    for part in reversed(recipe.parts):
        for step in reversed(part.body):
            if step.span[1] and (not targets or targets[0] in assigned([step])):
                error.span, error.source = step.span, part.source
                return error
    return error


@cache
def names() -> tuple[str, ...]:
    """Every verb's name, sorted."""
    try:
        files = [name.partition(".") for place in lang.verbs.__path__ for name in os.listdir(place)]
    except OSError:  # the package is not in a folder
        import pkgutil

        return tuple(sorted(each.name for each in pkgutil.iter_modules(lang.verbs.__path__) if not each.ispkg))
    return tuple(sorted({name for name, _, kind in files if kind in ("py", "pyc") and not name.startswith("_")}))


@cache
def verb(name: str) -> Verb:
    """The verb of that name.

    Raises:
        KeyError: there is none.
    """
    if name not in names():
        raise KeyError(name)
    found: Verb = import_module(f"lang.verbs.{name}").VERB
    return found


@cache
def told(name: str) -> str:
    """The help of a program's method for a verb."""
    found = verb(name)
    clauses = [each for each in ("wrt", "by", "along") if each in found.clauses]
    words = ", ".join(f"{each}=" for each in (*clauses, "at", "ieee", "kinks", "limits", "engine"))
    ways = f" `by` is {', '.join(found.ways)}." if found.ways else ""
    gives = found.gives.replace("Array", "numpy.ndarray")
    texts = ", ".join(each for each in found.formats if each not in ("text", *found.styles))
    return (
        f"{found.summary}, e.g. `{found.example}`.\n\n"
        f"Gives: {gives}. Takes names of results, {words}, and inputs by name.{ways}\n"
        f"With `as_` it gives a text instead: {texts}.\n"
        "See `Program.ask` for the options and errors."
    )


class _Free(Collection[str]):
    """The verbs whose targets are words of their own; asked one by one, so no verb is imported for nothing."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in names() and verb(name).free

    def __iter__(self) -> Iterator[str]:
        return (name for name in names() if verb(name).free)

    def __len__(self) -> int:
        return sum(1 for _ in self)


FREE_TARGETS: Collection[str] = _Free()


def by_names(recipe: Recipe, question: Question) -> tuple[str, ...]:
    """The names that derivatives are asked by: those of `wrt`, else all inputs.

    Raises:
        CommandError: there are none.
    """
    found = recipe.inputs() if question.wrt is None else tuple(dict.fromkeys(question.wrt))
    if not found and question.wrt is not None:
        raise CommandError("`wrt` has no names here", hint="leave it out to ask by all inputs")
    if not found:
        raise CommandError("this program has no inputs to differentiate by", hint="write an input: `x = ?`")
    return found
