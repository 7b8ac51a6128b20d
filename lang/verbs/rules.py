"""`rules sin, mul`: the lines of the rule table, in the lecture's notation, with domain and kinks."""

from __future__ import annotations

from difflib import get_close_matches

from lang.errors import CommandError
from lang.evaluate.recipe import Recipe
from lang.rules import Primitive, table
from lang.rules.table import OPERATOR_NAMES
from lang.syntax import tree
from lang.syntax.unparse import unparse
from lang.verbs.core.answer import Answer, Listing, Question
from lang.verbs.core.registry import FORMATS, Verb

WIDE = 60
"""Where conditions begin, in columns; a longer rule pushes its own to the right."""


def answer(recipe: Recipe, question: Question) -> Answer:
    """The asked lines, or all."""
    chosen = tuple(each for word in question.targets for each in _meant(word)) or table().primitives
    lecture = question.form == "lecture"
    lines = [
        (unparse(_left(each)).strip(), _right(each, lecture), "" if lecture else _conditions(each)) for each in chosen
    ]
    wide = max(len(left) for left, _, _ in lines)
    texts = [f"{left:<{wide}}  =>  {right}" for left, right, _ in lines]
    wider = min(WIDE, max(len(text) for text in texts))
    shown = [f"{text:<{wider}}   {more}".rstrip() for text, (_, _, more) in zip(texts, lines, strict=True)]
    fact = {"rules": [_fact(each) for each in chosen]}
    form = "text" if lecture else question.form
    return Answer("rules", fact, fact["rules"], (Listing("\n".join(shown)),), form=form)


def _meant(word: str) -> tuple[Primitive, ...]:
    found = table().lookup(word)
    if not found:
        known = [*table().function_names(), *OPERATOR_NAMES]
        near = get_close_matches(word, known, 1)
        raise CommandError(
            f"there is no rule for `{word}`",
            hint=f"did you mean `{near[0]}`?" if near else "`rules` alone lists them all",
        ).at(word)
    return found


def _left(primitive: Primitive) -> tree.Assign:
    rule = primitive.rule
    return tree.Assign((rule.result,), None, (rule.left,), rule.span)


def _right(primitive: Primitive, lecture: bool) -> str:
    right = primitive.lecture if lecture and primitive.lecture is not None else primitive.differential
    return f"{primitive.rule.differential.name} = {unparse(right)}"


def _conditions(primitive: Primitive) -> str:
    clauses = (("domain", primitive.domain), ("kink", primitive.kink), ("vertical", primitive.vertical))
    return "   ".join(f"{word} {unparse(each)}" for word, each in clauses if each is not None)


def _fact(primitive: Primitive) -> dict[str, str | None]:
    def text(node: tree.Expression | None) -> str | None:
        return None if node is None else unparse(node)

    return {
        "name": primitive.name,
        "rule": unparse(_left(primitive)).strip(),
        "differential": _right(primitive, False),
        "lecture": _right(primitive, True),
        "domain": text(primitive.domain),
        "kink": text(primitive.kink),
        "vertical": text(primitive.vertical),
    }


VERB = Verb(
    name="rules",
    summary="the derivative rules, with domains and kinks",
    answer=answer,
    gives="list[dict[str, Any]]",
    targets=(0, None),
    clauses=frozenset(),
    formats=(*FORMATS, "lecture"),
    free=True,
    example="rules sin, mul",
)
