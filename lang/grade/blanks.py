"""A program -> the same with its derivative statements, blank: what a student fills in.

Law: what comes out is what `fill` exercises take back; the blanks are where the answers are, and nothing of an answer
is left.
"""

from __future__ import annotations

from lang.grade.exercise import Exercise
from lang.grade.expected import expected
from lang.grade.quantities import ADJOINT, SEED, TANGENT, VALUE
from lang.grade.wanted import Expected
from lang.source import Source
from lang.syntax import tree
from lang.syntax.parse import parse
from lang.syntax.unparse import lines

BLANK = "___"


def blanks(exercise: Exercise) -> str:
    """The text for students: the derivative program with blanks, or the table of a trace."""
    wanted = expected(exercise)
    if exercise.kind == "trace":
        return _table(exercise, wanted)
    if exercise.kind == "gradient":
        return "".join(f"{each} = {BLANK}\n" for each in wanted.required)
    if exercise.kind == "rule":
        return f"c = {exercise.rule}({', '.join(wanted.inputs)}) => dc = {BLANK}\n"
    return _program(exercise, wanted)


def _program(exercise: Exercise, wanted: Expected) -> str:
    hidden = (ADJOINT, TANGENT) if not wanted.backwards else (ADJOINT, TANGENT, SEED)
    body = parse(Source(wanted.text, "reference")).body
    own = {each for each, role in wanted.roles.items() if role in (TANGENT, ADJOINT, SEED)}
    made: list[str] = []
    waiting: list[str] = []
    for line in lines(body):
        target = line.text.partition(" = ")[0]
        indent = "    " * line.depth
        if wanted.roles.get(target) in hidden and not line.text.endswith("?"):
            blank = f"{indent}{target} = {BLANK}"
            waiting.append(blank) if not wanted.backwards else made.append(blank)
            continue
        if exercise.form == "separate" and target not in own:
            continue
        made.append(indent + line.text)
        if wanted.roles.get(target) == VALUE:
            made += waiting
            waiting = []
    made += waiting
    return "\n".join(made) + "\n"


def _table(exercise: Exercise, wanted: Expected) -> str:
    """The rows of a trace, in the order of the program."""
    head = "adjoint" if wanted.backwards else "derivative"
    quantities = {of: quantity for quantity, of in wanted.owners.items()}
    names = [each for each, role in wanted.roles.items() if each not in wanted.owners]
    point = exercise.samples.at[0] if exercise.samples.at else {}
    rows = [f"| name | value | {head} |", "| --- | --- | --- |"]
    for each in names:
        value = f"{point[each]:g}" if each in point else BLANK
        fixed = (wanted.fixed or {}).get(each)
        seed = f"{fixed:g}" if fixed is not None and not wanted.backwards else BLANK
        rows.append(f"| {each} | {value} | {seed if each in quantities else ''} |")
    return "\n".join(rows) + "\n"


__all__ = ["BLANK", "blanks", "tree"]
