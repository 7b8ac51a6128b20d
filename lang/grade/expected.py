"""An exercise -> the statements a right answer amounts to: for each quantity, what it is in terms of the others.

Law: what is right comes from the rules and from running programs; an exercise holds no answers.

    builder          the program, its names, its values and its tangents
    expected_back    its adjoints
"""

from __future__ import annotations

from lang.errors import AdError
from lang.grade.builder import Builder
from lang.grade.exercise import Exercise, ExerciseError
from lang.grade.expected_back import backward
from lang.grade.wanted import Expected
from lang.limits import Limits
from lang.program import Program
from lang.source import Source
from lang.syntax import tree
from lang.syntax.unparse import unparse


def expected(exercise: Exercise) -> Expected:
    """What a right answer to an exercise amounts to.

    Raises:
        ExerciseError: the exercise's program is not one, or cannot be differentiated as asked.
    """
    text = _rule_program(exercise) if exercise.kind == "rule" else exercise.program
    try:
        program = Program(Source(text, "program"), Limits())
        builder = Builder(exercise, program)
        if exercise.kind == "value":
            return builder.values()
        return backward(builder) if exercise.backwards else builder.forward()
    except ExerciseError:
        raise
    except AdError as error:
        raise ExerciseError(f"the exercise's program cannot be used: {error}") from error


def _rule_program(exercise: Exercise) -> str:
    """`c = f(a, b)` with the operands as inputs, after the program that defines f."""
    from lang.rules import table

    known: dict[str, tuple[str, ...]] = {each.name: each.parameters for each in table().primitives}
    if exercise.program:
        body = Program(Source(exercise.program, "program")).entry.checked.program.body
        known |= {
            node.name.name: tuple(each.name for each in node.parameters)
            for node in body
            if isinstance(node, tree.Function)
        }
    if exercise.rule not in known:
        raise ExerciseError(f"there is no function `{exercise.rule}` whose rule could be asked")
    operands = known[exercise.rule]
    asked = "".join(f"{each} = ?\n" for each in operands)
    inside = _inside(exercise) if exercise.program else ""
    if inside:
        return f"{exercise.program.rstrip()}\n{asked}c = {inside}\n"
    end = "" if exercise.program.endswith("\n") or not exercise.program else "\n"
    return f"{exercise.program}{end}{asked}c = {exercise.rule}({', '.join(operands)})\n"


def _inside(exercise: Exercise) -> str:
    """What a function of one expression computes, in its own parameters; so a mistake inside it can be named."""
    for node in Program(Source(exercise.program, "program")).entry.checked.program.body:
        if isinstance(node, tree.Function) and node.name.name == exercise.rule and len(node.body) == 1:
            (result,) = node.body
            if isinstance(result, tree.Return) and len(result.values) == 1:
                return unparse(result.values[0])
    return ""
