"""A program with its inputs -> the trees and steps that the translations read, and their results as programs.

Law: what a translation writes is one tree. Engines get its steps, people its text; whoever sees the text sees what has
been read back, parsed and checked like a program of a user. A test holds the two to be the same steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps

from lang.check import Scope, check
from lang.clock import watched
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
from lang.transform.expand import calls_derivatives, expand
from lang.transform.lines import Line, statements
from lang.transform.lines import steps as steps_of
from lang.transform.meanings import one_meaning
from lang.transform.names import language_names, used_names
from lang.transform.phrases import text as listed
from lang.transform.slice import NEEDED, needed
from lang.verbs.core.answer import Question
from lang.verbs.core.remarks import Remarks


@dataclass
class Text:
    """A program that a translation wrote.

    Attributes:
        lines: its statements, some of them not built yet.
        seeds: the name that holds the seed of each name.
        derivatives: the name that holds each derivative.
        results: the name that holds each value of the original program.
        whole: can it run by itself?
        remarks: say of each derivative statement which line it came from; None for no comments.
        read: the text's tree, once it has been read back.
    """

    lines: tuple[tree.Statement | Line, ...]
    seeds: dict[str, str]
    derivatives: dict[str, str]
    results: dict[str, str] = field(default_factory=dict)
    whole: bool = True
    remarks: Remarks | None = None
    read: tree.Program | None = None

    @cached_property
    def body(self) -> tree.Block:
        """Its statements."""
        return statements(self.lines)

    @cached_property
    def text(self) -> str:
        """The program as people read it; what can run by itself has been read back."""
        if self.remarks is not None:
            return written(self.body, self.whole, self.remarks)
        text = listed(self.lines)
        if self.whole:
            self.read = checked(text)
        return text

    def steps(self, source: Source) -> form.Block:
        """The program as engines read it.

        Args:
            source: the text of the program it was made from, which the places of the steps are in.
        """
        found = steps_of(self.lines)
        return lower(tree.Program(self.body, source)) if found is None else found


@dataclass(frozen=True)
class Ready:
    """A program as translations read it: without commands and derivative calls, and only what its targets need.

    Attributes:
        slopes: functions that stand for derivative calls, each with the place of the parameter that it is by.
    """

    body: tree.Block
    block: form.Block
    taken: set[str]
    remarks: Remarks
    slopes: Mapping[str, int] = field(default_factory=dict)


def ready(recipe: Recipe, targets: Sequence[str], placed: bool = False) -> Ready:
    """The program of a recipe, for a translation.

    Args:
        placed: will it be told which lines statements came from? The program is written anew then, for its places.

    Raises:
        CommandError: a target that the program never assigns.
    """
    plain = None if placed else _plain(recipe, targets)
    if plain is not None:
        return plain
    body: Iterable[tree.Statement] = [each for each in recipe.body if not isinstance(each, tree.Command)]
    known = assigned_names(body)
    for target in targets:
        if target not in known:
            raise CommandError(f"this program has no name `{target}`")
    body = one_meaning(list(body))
    if targets:
        body = needed(body, targets)
    remarks = Remarks(recipe.parts[0].source if len({each.source for each in recipe.parts}) == 1 else None)

    def taken_in(body: Iterable[tree.Statement]) -> tuple[tree.Program, form.Block]:
        if not placed:
            return lowered(tuple(body), recipe.parts[0].source)
        program, block = read_back(body)
        remarks.rewritten(body, program.source)
        return program, block

    program, block = taken_in(body)
    slopes: dict[str, int] = {}
    while calls_derivatives(block):
        program, block = taken_in(expand(program.body, block, _taken(program.body, block), slopes))
    _refuse_depth(block)
    return Ready(program.body, block, _taken(program.body, block), remarks, slopes)


def _plain(recipe: Recipe, targets: Sequence[str]) -> Ready | None:
    """The same where each statement is one step, and is kept or not as it is; None for any other program."""
    steps, nodes = recipe.parts[0].body, recipe.body
    if len(recipe.parts) > 1 or len(steps) != len(nodes):
        return None
    live: set[form.Operand] = set(targets)
    body: list[tree.Statement] = []
    block: form.Block = []
    assigned: set[str] = set()
    taken = language_names()
    for node, step in zip(watched(nodes[::-1], NEEDED), reversed(steps), strict=True):
        target, reads = _one_step(node, step)
        if target is None:
            return None
        assigned.add(target)
        if target in live or not targets:
            live.discard(target)
            live.update(reads)
            body.append(node)
            block.append(step)
            taken.add(target)
    if not assigned.issuperset(targets):
        return None
    return Ready(tuple(body[::-1]), block[::-1], taken, Remarks(recipe.parts[0].source))


def _one_step(node: tree.Statement, step: form.Step) -> tuple[str | None, tuple[form.Operand, ...]]:
    """What a straight step assigns and reads, where it is all that a statement is; no name where it is not."""
    reads: tuple[form.Operand, ...]
    if isinstance(step, form.Operation):
        reads = step.arguments
    elif isinstance(step, form.Copy):
        reads = (step.source,)
    elif isinstance(step, form.Input) and step.default is None:
        reads = ()
    else:
        return None, ()
    if isinstance(node, tree.Assign):
        same = len(node.targets) == 1 and node.targets[0].name == step.target
    else:
        same = isinstance(node, tree.Input) and node.target.name == step.target
    return (step.target if same else None), reads


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


def readable(translate: Callable[[Recipe, Question], Text]) -> Callable[[Recipe, Question], Text]:
    """A translation that refuses functions that call functions deeper than it can follow."""

    @wraps(translate)
    def translated(recipe: Recipe, question: Question) -> Text:
        try:
            return translate(recipe, question)
        except RecursionError:
            words = "functions call each other in a chain too long for a derivative program"
            raise CommandError(words, hint="put some of them together") from None

    return translated


def kept(recipe: Recipe, targets: tuple[str, ...], by: Iterable[str]) -> tuple[str, ...]:
    """What a program of derivatives must keep: its targets, and the last values of names on the way that it is by."""
    inputs = recipe.inputs()
    return (*targets, *(each for each in by if each not in inputs)) if targets else ()


def present(names: Sequence[str], recipe: Recipe, program: Ready) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names derivatives are asked by: those the sliced program still has, and inputs that it does not need."""
    inputs = {step.target for step in program.block if isinstance(step, form.Input)}
    gone = set(recipe.inputs()) - inputs
    return tuple(each for each in names if each not in gone), tuple(each for each in names if each in gone)


def lowered(body: tree.Block, source: Source) -> tuple[tree.Program, form.Block]:
    """Checked statements as a program of their own, for a translation: without copies of constants they give values."""
    program = tree.Program(body, source)
    return program, lower(program, shadows=False)


def read_back(body: Iterable[tree.Statement]) -> tuple[tree.Program, form.Block]:
    """Statements as a program of their own: written, parsed, checked and lowered."""
    program = parse(Source(unparse(tuple(body)), "<program>"))
    return lowered(check(program, Scope(), ()).program.body, program.source)


def checked(text: str) -> tree.Program:
    """The tree of a program's text, which has been checked."""
    program = parse(Source(text, "<program>"))
    check(program, Scope(), ())
    return program


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
        checked(unparse(statements) if remarks is not None else text)
    return text
