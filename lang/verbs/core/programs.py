"""A program with its inputs -> the trees and steps that the translations read, and their results as programs.

Law: what a translation writes is read back before anyone sees it: every derivative program shown has been parsed and
checked like a user's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lang.check import Scope, check
from lang.errors import CommandError, LimitExceeded
from lang.evaluate.recipe import Recipe
from lang.source import Source
from lang.steps import form
from lang.steps.program import assigned_names, lower
from lang.steps.statements import BLOCK_DEPTH
from lang.steps.walk import blocks_of
from lang.syntax import tree
from lang.syntax.parse import parse
from lang.syntax.unparse import unparse
from lang.transform.expand import expand, has_derivatives
from lang.transform.meanings import one_meaning
from lang.transform.names import language_names, used_names
from lang.transform.slice import needed
from lang.verbs.core.remarks import Remarks


@dataclass(frozen=True)
class Text:
    """A program that a translation wrote.

    Attributes:
        text: the program.
        seeds: the name that holds the seed of each name.
        derivatives: the name that holds each derivative.
        results: the name that holds each value of the original program.
    """

    text: str
    seeds: dict[str, str]
    derivatives: dict[str, str]
    results: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ready:
    """A program as translations read it: without commands and derivative calls, and only what its targets need."""

    body: tree.Block
    block: form.Block
    taken: set[str]
    remarks: Remarks


def ready(recipe: Recipe, targets: Sequence[str]) -> Ready:
    """The program of a recipe, for a translation.

    Raises:
        CommandError: a target that the program never assigns.
    """
    body: Iterable[tree.Statement] = [each for each in recipe.body if not isinstance(each, tree.Command)]
    known = assigned_names(body)
    for target in targets:
        if target not in known:
            raise CommandError(f"this program has no name `{target}`")
    body = one_meaning(list(body))
    if targets:
        body = needed(body, targets)
    remarks = Remarks(recipe.parts[0].source if len({each.source for each in recipe.parts}) == 1 else None)
    program, block = read_back(body)
    remarks.rewritten(body, program.source)
    while has_derivatives(program.body):
        expanded = expand(program.body, block, _taken(program.body, block))
        program, block = read_back(expanded)
        remarks.rewritten(expanded, program.source)
    _refuse_depth(block)
    return Ready(program.body, block, _taken(program.body, block), remarks)


def _refuse_depth(block: form.Block) -> None:
    """Translations walk blocks inside blocks; choices inside choices can be deeper than any listing is readable."""
    pending = [(step, 1) for step in block]
    while pending:
        step, depth = pending.pop()
        if depth > BLOCK_DEPTH:
            raise LimitExceeded(
                "nesting",
                BLOCK_DEPTH,
                depth,
                f"more than {BLOCK_DEPTH} choices stand inside each other, too deep for a derivative program",
                hint="give some of them names of their own",
            )
        if isinstance(step, form.Define):
            pending.extend((each, 1) for each in step.procedure.body)
        pending.extend((each, depth + 1) for inner in blocks_of(step) for each in inner)


def present(names: Sequence[str], recipe: Recipe, program: Ready) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names derivatives are asked by: those the sliced program still has, and inputs that it does not need."""
    inputs = {step.target for step in program.block if isinstance(step, form.Input)}
    gone = set(recipe.inputs()) - inputs
    return tuple(each for each in names if each not in gone), tuple(each for each in names if each in gone)


def read_back(body: Iterable[tree.Statement]) -> tuple[tree.Program, form.Block]:
    """Statements as a program of their own: written, parsed, checked and lowered."""
    text = unparse(tuple(body))
    program = parse(Source(text, "<program>"))
    checked = check(program, Scope(), ())
    block = [step for step in lower(checked.program) if not (isinstance(step, form.Copy) and step.span == (0, 0))]
    return checked.program, block


def _taken(body: tree.Block, block: form.Block) -> set[str]:
    return used_names(body) | language_names() | {target for step in block for target in _temporaries(step)}


def _temporaries(step: form.Step) -> tuple[str, ...]:
    target = getattr(step, "target", None)
    return (target,) if target is not None else getattr(step, "targets", ())


def written(body: Iterable[tree.Statement], whole: bool, remarks: Remarks | None = None) -> str:
    """The text of a derivative program.

    Args:
        whole: it can run by itself, so it is read back first.
        remarks: say of each derivative statement which line it came from.
    """
    statements = tuple(body)
    text = unparse(statements) if remarks is None else remarks.text(statements)
    if whole:
        read_back(statements)
    return text
