"""How an error looks: all characters visible, carets under theirs, long lines cut, places in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lang.diagnostic import plain, segments, visible, width
from lang.errors import Mark, ParseError
from lang.source import Source


def shown(text: str, span: tuple[int, int] | None, **more: object) -> list[str]:
    error = ParseError("so it is", span, source=Source(text, "a.ad"), **more)  # type: ignore[arg-type]
    return plain(error).split("\n")


def test_an_error_looks_as_the_reference_shows() -> None:
    source = Source("x = ?\ny = ?\na = x * y\nb = x + sine(x)\n", "product.ad")
    error = ParseError(
        "I don't know the name `sine`",
        (30, 34),
        source=source,
        label="nothing above defines it",
        hint="did you mean `sin`?",
    )
    assert plain(error) == error.render()
    assert plain(error).split("\n") == [
        "error: I don't know the name `sine`",
        "  --> product.ad:4:9",
        " 4 | b = x + sine(x)",
        "   |         ^^^^ nothing above defines it",
        "help: did you mean `sin`?",
    ]


def test_the_word_in_front_may_be_another() -> None:
    assert plain(ParseError("a tie"), "note") == "note: a tie"
    assert segments(ParseError("a tie"), "warning")[0] == ("warning: ", "warning")


def test_roles_cover_the_whole_text() -> None:
    error = ParseError("m", (0, 1), source=Source("x^2"), label="l", hint="h", marks=(Mark((2, 3), "two"),))
    roles = [role for text, role in segments(error) if text != "\n"]
    assert roles == [
        "error",
        "message",
        "gutter",
        "place",
        "gutter",
        "source",
        "gutter",
        "caret",
        "label",
        "gutter",
        "mark",
        "label",
        "help",
        "hint",
    ]


@pytest.mark.parametrize(
    ("text", "span", "caret"),
    [
        ("x = 1", (4, 5), "    ^"),
        ("\ty = 1", (1, 2), "    ^"),
        ("距離 = 3", (3, 4), "     ^"),
        ("距離", (0, 2), "^^^^"),
        ("x\u0302 = 3", (3, 4), "  ^"),
        ("x =", (3, 3), "   ^"),
        ("", (0, 0), "^"),
        ("x\u200b=", (2, 3), "         ^"),
        ("a = (1 +\n2)", (4, 11), "    ^^^^"),
        ("x = 1\n", (6, 6), "^"),
    ],
)
def test_carets_stand_under_their_characters(text: str, span: tuple[int, int], caret: str) -> None:
    assert shown(text, span)[3] == f"   | {caret}"


def test_further_places_stand_in_line_order_with_gaps() -> None:
    text = "f(x) = (x\ny = 2\nz = 3\nw = f(1)\n"
    lines = shown(text, (26, 27), label="here", marks=(Mark((7, 8), "opened here"), Mark((22, 23), "this")))
    assert lines == [
        "error: so it is",
        "  --> a.ad:4:5",
        " 1 | f(x) = (x",
        "   |        - opened here",
        "...",
        " 4 | w = f(1)",
        "   |     ^ here",
        "   | - this",
    ]


def test_a_place_in_another_text_has_its_own_heading() -> None:
    mark = Mark((0, 1), "the rule", Source("c = a + b", "rules.ad"))
    lines = shown("x = 1", (0, 1), marks=(mark,))
    assert lines[4:] == ["  --> rules.ad:1:1", " 1 | c = a + b", "   | - the rule"]


@given(st.integers(0, 3000), st.sampled_from("a距\t\x1b"))
def test_a_long_line_is_cut_around_the_caret(at: int, filler: str) -> None:
    text = filler * at + "b" + filler * (3000 - at)
    lines = shown(text, (at, at + 1))
    source, caret = lines[2][5:], lines[3][5:]
    assert width(source) <= 100
    column = caret.index("^")
    assert width(source[: source.index("b")]) == column


def test_nothing_unseen_gets_through() -> None:
    assert visible("a\x1b[31m\x7f\n\u202e\ud800\x85") == "a␛[31m␡␊<U+202E><U+D800><U+0085>"
    lines = plain(
        ParseError("a\nb", (0, 1), source=Source("\x1b]0;", "a\nb\x1b.ad"), hint="\x07", label="\r")
    ).split("\n")
    assert lines == ["error: a␊b", "  --> a␊b␛.ad:1:1", " 1 | ␛]0;", "   | ^ ␍", "help: ␇"]


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 20))
def test_any_text_can_be_shown(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    lines = shown(text, (start, min(start + length, len(text))), hint=text, label=text)
    assert len(lines) == 4 + bool(text)
