"""Lines that are read by a plan are read as they would be without one: the same trees, places and errors."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from lang.errors import AdError
from lang.limits import Limits
from lang.source import Source
from lang.syntax import lalr, lexer, plans
from lang.syntax.parse import parse
from tests.fuzz_syntax import WORDS

ROOT = Path(__file__).parent.parent
TEXTS = [path.read_text("utf-8") for path in sorted(ROOT.glob("tests/cases/*/*.ad"))]
PIECES = [*WORDS, "sin(", "by 2", "if x > 0:", "return x", "push v", "v = pop()", "f(x) = x", "a, b = b, a", "x < -3"]


def told(text: str, limits: Limits | None = None) -> str:
    """All that reading a text gives: the tree with its places, or the error."""
    try:
        program = parse(Source(text), limits or Limits())
    except AdError as error:
        return f"{type(error).__name__} {error.message} {error.span} {error.label} {error.hint} {error.marks}"
    return f"{program.body} {program.comments}"


@pytest.fixture(autouse=True)
def eager(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every shape has a plan at once, and none from before."""
    monkeypatch.setattr(plans, "OFTEN", 1)
    lalr._plans.cache_clear()
    yield
    lalr._plans.cache_clear()


def both(text: str, limits: Limits | None = None) -> tuple[str, str]:
    """A text read with plans, and without."""
    planned = told(text, limits)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plans.Plans, "find", lambda *arguments: None)
        return planned, told(text, limits)


def taken(text: str) -> int:
    """How many lines of a text are read by a plan."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        find = plans.Plans.find
        patch.setattr(plans.Plans, "find", lambda *arguments: found.append(find(*arguments)) or found[-1])
        told(text)
    return sum(each is not None for each in found)


def test_plans_are_taken_at_the_top_and_in_blocks() -> None:
    assert taken("x = ?\n" + "y = sin(x) * 2\n" * 10) == 9  # the end of the text follows the last
    assert taken("def f(x):\n    y = x\n" + "    y = y * x\n" * 10 + "    return y\n") == 10


@pytest.mark.parametrize("text", TEXTS)
def test_every_case_is_read_alike(text: str) -> None:
    planned, plain = both(text)
    assert planned == plain


@pytest.mark.parametrize("seed", range(40))
def test_texts_changed_at_random_are_read_alike(seed: int) -> None:
    """Lines of all cases, mixed; then with pieces put in, left out and doubled."""
    random_ = random.Random(seed)
    lines = [line for text in random_.sample(TEXTS, 12) for line in text.split("\n")]
    for _ in range(15):
        start = random_.randrange(len(lines))
        text = "\n".join(random_.choices(lines[start : start + 30], k=12))
        for _ in range(random_.randrange(4)):
            at = random_.randrange(len(text) + 1)
            text = text[:at] + random_.choice(PIECES) + text[at + random_.choice((0, 0, 1, 5)) :]
        planned, plain = both(text + "\n" + text)
        assert planned == plain, text


@pytest.mark.parametrize("line", ["a = ((1))", "a = sin(sin(x))", "f'[x](((x)))", "a = 1"])
@pytest.mark.parametrize("nesting", range(5))
def test_the_limit_of_nesting_holds_in_planned_lines(line: str, nesting: int) -> None:
    text = f"x = 1\n{line}\n{line}\nif x > 0:\n    {line}\n    {line}\n    {line}\n"
    planned, plain = both(text, Limits(nesting=nesting))
    assert planned == plain


def test_lines_are_read_alike_wherever_the_pieces_of_a_text_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "  # first\n\nx = ? 2\n" + "if x > 0:\n    y = sin(x)\n    y = cos(x)  # so\n\n    y = x\n" * 4 + "y = x"
    whole = told(text)
    for pieces in range(1, 60):
        monkeypatch.setattr(lexer, "PIECES", pieces)
        assert both(text) == (whole, whole)


def test_a_shape_gets_its_plan_when_it_comes_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plans, "OFTEN", 5)
    lalr._plans.cache_clear()
    assert taken("x = ?\n" + "y = sin(x) * 2\n" * 10) == 5
    monkeypatch.setattr(plans, "SHAPES", 0)
    lalr._plans.cache_clear()
    assert taken("x = ?\n" + "y = sin(x) * 2\n" * 10) == 0
