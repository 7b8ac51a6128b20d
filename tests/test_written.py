"""What a translation writes is one tree: engines read its steps, people its text, and the two are the same program."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lang
from lang.evaluate.recipe import Recipe
from lang.evaluate.settings import Settings
from lang.fact import Fact
from lang.rules import Primitive, table
from lang.source import Source
from lang.steps import form
from lang.steps.program import lower
from lang.syntax import tree, walk
from lang.syntax.parse import parse
from lang.syntax.unparse import expression, unparse
from lang.transform import phrases
from lang.transform.expressions import mentions, name, operand, shared, substitute
from lang.transform.lines import Line, filled, line, read
from lang.transform.stencil import IDENTITY, Stencil, contribution, pattern_of, plain, slope
from lang.transform.style import Style
from lang.verbs import forward, reverse
from lang.verbs.core.answer import Question
from lang.verbs.core.programs import Text, ready
from tests.counted import counts
from tests.programs import generate
from tests.test_translations import CASES

SEEDS = 40
PLACES = ("span", "source", "node", "text", "name_span", "origins", "variants", "heads")


def same(one: Any, other: Any) -> bool:
    """Are two steps, blocks or operands the same, wherever they stand?"""
    pairs = [(one, other)]
    while pairs:
        left, right = pairs.pop()
        if isinstance(left, list | tuple):
            if type(left) is not type(right) or len(left) != len(right):
                return False
            pairs.extend(zip(left, right, strict=True))
        elif isinstance(left, Primitive) or not isinstance(left, Fact):
            if type(left) is not type(right) or repr(left) != repr(right):
                return False
        elif isinstance(left, tree.Node):
            if not walk.same(left, right):
                return False
        else:
            names = [name for name in left.__match_args__ if name not in PLACES]
            if type(left) is not type(right):
                return False
            pairs.extend((getattr(left, each), getattr(right, each)) for each in names)
    return True


def recipe(text: str) -> Recipe:
    return lang.parse(text)._recipe({}, Settings())


def written(text: str) -> Iterator[Text]:
    """What translations write of a program: both modes, and one of the other."""
    own = recipe(text)
    inputs = own.inputs()
    back = reverse.translated(own, Question(("z",), inputs))
    along: dict[str, float | None] = dict.fromkeys(inputs)
    yield back
    yield forward.translated(own, Question(("z",), along=along))
    again = recipe(back.text)
    moving: dict[str, float | None] = dict.fromkeys(each for each in again.inputs() if each in along)
    if moving:
        yield forward.translated(again, Question(tuple(back.derivatives.values()), along=moving))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_steps_of_what_is_written_are_those_of_its_text(path: Path) -> None:
    source = Source("")
    for each in written(path.read_text(encoding="utf-8")):
        assert same(each.steps(source), lower(parse(Source(each.text))))
        assert each.text == unparse(each.body)


def test_the_steps_of_random_derivative_programs_are_those_of_their_text() -> None:
    source = Source("")
    for seed in range(1, SEEDS):
        for each in written(generate(seed).text):
            assert same(each.steps(source), lower(parse(Source(each.text)))), seed
            assert each.text == unparse(each.body), seed


def test_steps_that_differ_are_told_apart() -> None:
    def steps(text: str) -> form.Block:
        return lower(parse(Source(text)))

    text = "x = ?\nif x > 0:\n    y = x * 2\nelse:\n    y = sin(x)\nf(a) = a\nz = f(y)\n"
    assert same(steps(text), steps(text))
    for change in (("x * 2", "x * 3"), ("x * 2", "2 * x"), ("sin", "cos"), ("f(y)", "f(x)"), ("x > 0", "x < 0")):
        assert not same(steps(text), steps(text.replace(*change)))


def test_the_program_is_the_same_whether_places_are_followed_or_not() -> None:
    for seed in range(1, SEEDS):
        own = recipe(generate(seed).text)
        assert same(ready(own, ("z",)).block, ready(own, ("z",), placed=True).block), seed


@pytest.mark.parametrize(
    "text",
    [
        "x = ?\nk = pi * x\npi = 3\nz = k * pi\n",
        "x = ?\nf(a) = a * pi\nk = f(x)\npi = 3\nz = k * f(x)\n",
        "x = ?\nk = x\nfor i in range(3):\n    k = k * pi\n    pi = i * x\nz = k * pi\n",
        "x = ?\ne = x * 2\nz = e * e\n",
    ],
)
def test_constants_that_a_program_gives_values_later_have_their_own_before(text: str) -> None:
    program = lang.parse(text)
    f = program.compile("z", engine="python")
    known = tuple(program.grad("z", x=2.0).values())
    assert f.engine == "python"
    assert f.grad(2.0) == pytest.approx(known, rel=1e-14)
    assert f.jvp((2.0,), (1.0,))[1] == pytest.approx(known[0], rel=1e-14)
    assert "e_1" not in program.reverse("z").names


OPERAND = ("u", "v", 2.0, 1.0, -1.0, 0.0, -0.0, 0.5)


def by_hand(primitive: Primitive, index: int, words: tuple[Any, ...]) -> tuple[list[str], set[str]]:
    """What an operation contributes, put in name by name; and what that reads."""
    given = dict(zip(primitive.parameters, map(operand, words), strict=True))
    given |= {primitive.rule.result.name: name("c"), primitive.differentials[index]: name("g")}
    right = Style().differential(primitive, (index,))
    assert right is not None
    fresh = (f"t{place}" for place in itertools.count())
    made, right = shared(substitute(right, given), lambda: next(fresh))
    return [*(expression(call) for _, call in made), expression(right)], mentions(right)


def told(made: Stencil, holes: list[Any]) -> tuple[list[str], set[str]]:
    """What a filled stencil is, calls and all; and what that reads."""
    found = []
    for place, call in enumerate(made.calls):
        found.append(expression(filled(call, holes)))
        holes.append(f"t{place}")
    return [*found, expression(filled(made, holes))], set(read(made, holes))


def operands_of(primitive: Primitive) -> Iterator[tuple[Any, ...]]:
    for words in itertools.product(OPERAND, repeat=min(primitive.arity, 2)):
        yield (*words, *("w",) * (primitive.arity - len(words)))


@pytest.mark.parametrize("primitive", table().primitives, ids=lambda each: f"{each.name}-{each.arity}")
def test_a_stencil_is_the_rule_with_the_names_put_in(primitive: Primitive) -> None:
    for words in operands_of(primitive):
        for index, word in enumerate(words):
            if not isinstance(word, str) or primitive.partial(index) is None:
                continue
            made = contribution(primitive, index, pattern_of(words), Style())
            assert told(made, ["g", "c", *words]) == by_hand(primitive, index, words), (words, index)


@pytest.mark.parametrize("primitive", table().primitives, ids=lambda each: f"{each.name}-{each.arity}")
def test_a_stencil_of_how_a_result_moves_is_the_rule_with_the_names_put_in(primitive: Primitive) -> None:
    for words in operands_of(primitive):
        moving = tuple(index for index, each in enumerate(words) if isinstance(each, str) and each != "v")
        made = slope(primitive, pattern_of(words), moving, Style())
        right = Style().differential(primitive, moving)
        if right is None or made is None:
            assert right is made
            continue
        given = dict(zip(primitive.parameters, map(operand, words), strict=True))
        given[primitive.rule.result.name] = name("c")
        given |= {primitive.differentials[index]: name(f"d{words[index]}") for index in moving}
        calls, right = shared(substitute(right, given), map("t{}".format, itertools.count()).__next__)
        texts = [*(expression(call) for _, call in calls), expression(right)]
        holes = [None, "c", *words, *(f"d{words[index]}" for index in moving)]
        assert told(made, holes) == (texts, mentions(right)), (words, moving)


@pytest.mark.parametrize("primitive", table().primitives, ids=lambda each: f"{each.name}-{each.arity}")
def test_the_text_of_a_line_is_that_of_its_statement(primitive: Primitive) -> None:
    for words in operands_of(primitive):
        holes = ["g", "c", *words, *(f"t{place}" for place in range(9))]
        terms: list[Any] = [(plain(primitive), holes, None), (IDENTITY, ["h"], None)]
        for index, word in enumerate(words):
            if isinstance(word, str) and primitive.partial(index) is not None:
                terms.append((contribution(primitive, index, pattern_of(words), Style()), holes, None))
        for some in (*([term] for term in terms), *itertools.permutations(terms, 2)):
            assert phrases.text([line("q", some)]) == unparse((Line("q", some).statement(),)), words


def test_a_rule_may_have_many_operands() -> None:
    names = [f"a{place}" for place in range(40)]
    listed, differentials = ", ".join(names), " + ".join(f"{place + 1} * d{each}" for place, each in enumerate(names))
    text = f"x = ?\nf({listed}) = {' + '.join(names)}\nc = f({listed}) => dc = {differentials}\n"
    text += f"z = f({', '.join(['x'] * 40)})\n"
    for engine in ("interpreter", "python"):
        assert lang.parse(text).grad("z", x=1.0, engine=engine) == {"x": 820.0}
    assert lang.parse(text).compile("z", engine="python").jvp((1.0,), (1.0,)) == (40.0, 820.0)


COUNTED = """
ways = ("gradient", "jvp", "second")
def unit(n, way):
    program = lang.parse(text(n))
    return program.compile("z").questions.ways[way].unit
for way in ways:
    unit(10, way)()
    print(*[counted(unit(n, way)) for n in (50, 100, 200)])
"""

SHAPES = {
    "statements": "'x = ?\\na0 = x\\n' + ''.join(f'a{i + 1} = tanh(a{i}) * x\\n' for i in range(n)) + f'z = a{n}'",
    "one name again": "'x = ?\\nz = x\\n' + 'z = sin(z) * x\\n' * n",
    "one sum": "'x = ?\\nz = ' + ' + '.join(['x * x'] * n)",
    "calls in calls": "'x = ?\\nz = ' + 'sin(' * n + 'x' + ')' * n",
    "inputs": "''.join(f'x{i} = ?\\n' for i in range(n)) + 'z = ' + ' + '.join(f'x{i} * x{i}' for i in range(n))",
    "a loop's body": "'x = ?\\na0 = x\\nfor i in range(3):\\n'"
    " + ''.join(f'  a{i + 1} = sin(a{i}) * x\\n' for i in range(n)) + f'  a0 = a{n}\\nz = a0'",
    "loops": "'x = ?\\nz = x\\n' + 'for i in range(3):\\n  z = z * x + i\\n' * n",
    "branches": "'x = ?\\nz = x\\n' + 'if z > 0: z = z * x\\nelse: z = z + x\\n' * n",
    "choices": "'x = ?\\na0 = x\\n'"
    " + ''.join(f'a{i + 1} = x if a{i} > {i} else abs(a{i})\\n' for i in range(n)) + f'z = a{n}'",
    "functions": "'x = ?\\na0 = x\\n' + ''.join(f'f{i}(u) = u * x + {i}\\na{i + 1} = f{i}(a{i})\\n' for i in range(n))"
    " + f'z = a{n}'",
    "a function's body": "'x = ?\\ndef f(a0):\\n' + ''.join(f'  a{i + 1} = sin(a{i}) * a0\\n' for i in range(n))"
    " + f'  return a{n}\\nz = f(x)'",
    "saved values": "'x = ?\\nz = x\\n' + 'push z\\nz = sin(z)\\n' * n + 'w = pop()\\nz = z * w\\n' * n",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_work_of_a_translation_grows_in_proportion(shape: str) -> None:
    for first, second, third in counts(COUNTED, SHAPES[shape]):
        assert third - second <= 2.2 * (second - first) + 400, (first, second, third)
