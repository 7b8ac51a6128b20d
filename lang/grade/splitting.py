"""A submission with steps of its own -> the step that is wrong.

Law: whoever splits a statement is judged by the split statement: the exercise is asked again with these steps as
statements of its program, and the same judge looks at it.

    b = exp(a) / (1 + y)        t = exp(a)
                                b = t / (1 + y)         so that `dt = t` is wrong, and not the `db` made of it
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from lang.errors import AdError
from lang.grade.evidence import Evidence
from lang.grade.facts import WRONG, Finding, first_wrong
from lang.grade.inside import Judge
from lang.grade.naming import BACKWARD, FORWARD
from lang.grade.quantities import INPUT, VALUE
from lang.grade.standard import Standard
from lang.source import Source
from lang.syntax import tree
from lang.syntax.parse import parse
from lang.syntax.unparse import expression as written
from lang.syntax.unparse import unparse
from lang.syntax.walk import bottom_up, operands, with_operands
from lang.transform.expressions import NOWHERE, mentions, substitute

Steps = dict[str, tree.Expression]
"""What each step of a submission's own computes."""


def split(finding: Finding, evidence: Evidence, standard: Standard, judge: Judge) -> Finding:
    """A finding on the step that is wrong; the finding itself where none is found.

    Args:
        finding: a line that is wrong.
        evidence: the submission, and what it did.
        standard: what it is held against.
        judge: who looks at the exercise with the submission's steps.
    """
    body = parse(Source(standard.exercise.program, "exercise")).body
    steps = _steps(evidence) if evidence.wanted.straight else {}
    program = _with_steps(body, steps) if steps else ""
    if not program:
        return finding
    try:
        exercise = replace(standard.exercise, program=program, checks=(), template="")
        found = judge(Standard(exercise, standard.limits), evidence.own.text, evidence.own.name).findings
    except AdError:
        return finding
    first = first_wrong(found)
    if first is None or first.status != WRONG or not first.line or first.quantity in standard.wanted.roles:
        return finding
    return replace(
        finding, name=first.name, line=first.line, reads=first.reads, mistake=first.mistake, detail=first.detail
    )


def _steps(evidence: Evidence) -> Steps:
    """The names that a submission gives values of the program, and that the exercise does not know."""
    roles = evidence.wanted.roles
    known = {name for name, quantity in evidence.names.items() if roles.get(quantity) in (VALUE, INPUT)}
    found: Steps = {}
    twice: set[str] = set()
    for node in evidence.statements:
        if not isinstance(node, tree.Assign) or len(node.targets) != 1 or node.operator is not None:
            continue
        name, value = node.targets[0].name, node.values[0]
        twice |= {name} & set(found)
        values = known | set(found)
        derivative = any(pattern.format(each) == name for each in values for pattern in (*FORWARD, *BACKWARD))
        if name not in evidence.names and not derivative and mentions(value) and mentions(value) <= values:
            found[name] = value
    return {name: value for name, value in found.items() if name not in twice}


def _with_steps(body: tree.Block, steps: Steps) -> str:
    """The program with the steps in it that its statements are made of; empty where none is."""
    if not all(isinstance(node, tree.Assign | tree.Input) for node in body):
        return ""
    texts = {written(_whole(value, steps)): name for name, value in steps.items()}
    made: list[tree.Statement] = []
    done: set[str] = set()
    for node in body:
        if isinstance(node, tree.Assign):
            values = tuple(_named(value, texts) for value in node.values)
            for name in _needed(values, steps, done):
                done.add(name)
                made.append(tree.Assign((tree.Name(name, NOWHERE),), None, (steps[name],), NOWHERE))
            node = tree.Assign(node.targets, node.operator, values, node.span)
        made.append(node)
    return unparse(tuple(made)) if done else ""


def _whole(value: tree.Expression, steps: Steps) -> tree.Expression:
    """A step's value without other steps in it."""
    inner = {name: _whole(steps[name], steps) for name in mentions(value) & set(steps)}
    return substitute(value, inner, fold=False) if inner else value


def _named(value: tree.Expression, texts: dict[str, str]) -> tree.Expression:
    """An expression with a step's name in each place, besides the whole, of what the step computes."""

    def node(each: tree.Expression, parts: tuple[tree.Expression, ...]) -> tree.Expression:
        name = texts.get(written(each)) if each is not value else None
        return tree.Name(name, NOWHERE) if name else with_operands(each, parts)

    return bottom_up(value, node, operands)


def _needed(values: Collection[tree.Expression], steps: Steps, done: set[str]) -> list[str]:
    """The steps that expressions read and that are not there yet, each behind those that it reads."""
    found: list[str] = []
    for name in sorted({name for value in values for name in mentions(value)} & set(steps)):
        if name not in done and name not in found:
            found += [each for each in _needed([steps[name]], steps, done) if each not in found]
            found.append(name)
    return found


__all__ = ["split"]
