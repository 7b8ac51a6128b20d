"""What every editor asks: completion, colours, completeness, signatures, inspection, pasted text."""

from __future__ import annotations

import pytest

import lang
from lang import assist
from lang.assist.highlight import CLASSES
from lang.assist.words import words
from lang.repl.journal import Journal
from lang.rules import table
from lang.verbs.core import registry


@pytest.fixture
def session() -> lang.Session:
    made = lang.Session(answer="ans")
    made.run("x = 3\ny = 4\ndx = 1\nf(a, b) = a * b\n")
    return made


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("sq", ["sqrt", "square"]),
        ("z = hyp", ["hypot"]),
        ("grad ", ["dx", "y", "x"]),
        ("grad x ", ["wrt", "at", "by", "as"]),
        ("grad x by ", list(registry.verb("grad").ways)),
        ("grad x wrt y as j", ["json"]),
        ("rules tanh, gam", ["gamma"]),
        ("f'[", ["a", "b"]),
        ("\\alph", ["α"]),
        ("x i", ["if"]),
        ("# sq", []),
        ("2", []),
        ("x = 1  # grad ", []),
    ],
)
def test_what_is_offered_fits(session: lang.Session, text: str, offered: list[str]) -> None:
    assert [item.text for item in assist.completion(text, len(text), session).items] == offered


def test_every_function_and_verb_is_offered_with_what_it_does() -> None:
    for name in {each.name for each in table().primitives if not each.is_operator}:
        found = {item.text: item for item in assist.completion(name, len(name)).items}
        assert name in found
        assert found[name].detail.startswith("dc = ")
    for name in registry.names():
        assert name in {item.text for item in assist.completion(name, len(name)).items}


def test_pieces_have_classes(session: lang.Session) -> None:
    text = "dx = sin(x) + day  # hi\ngrad z wrt x by reverse\nq = ?"
    roles = [(text[mark.start : mark.end], mark.role) for mark in assist.highlight(text, session)]
    assert {role for _, role in roles} <= set(CLASSES)
    said = "dx derivative sin function x name day unknown grad verb z unknown wrt clause reverse choice ? input"
    for pair in zip(said.split()[::2], said.split()[1::2], strict=True):
        assert pair in roles
    assert ("# hi", "comment") in roles
    assert all(mark.role != "unknown" for mark in assist.highlight("da", session, cursor=2))


@pytest.mark.parametrize(
    ("text", "status", "indent"),
    [
        ("x = 3", "complete", ""),
        ("def f(x):", "incomplete", "    "),
        ("def f(x):\n    return x", "incomplete", ""),
        ("def f(x):\n    return x\n", "complete", ""),
        ("if x > 0:\n    y = 1", "incomplete", "    "),
        ("x = (1 +", "incomplete", ""),
        ("x = 2x", "invalid", ""),
        ("", "complete", ""),
    ],
)
def test_what_is_open_goes_on(text: str, status: str, indent: str) -> None:
    assert assist.is_complete(text) == (status, indent)


def test_the_head_of_the_call_around_the_cursor(session: lang.Session) -> None:
    head = assist.signature("hypot(2, ", 9, session)
    assert head is not None
    assert (head.text, head.active) == ("hypot(a, b)", 1)
    own = assist.signature("1 + f(sin(2), ", 14, session)
    assert own is not None
    assert (own.name, own.active) == ("f", 1)
    assert assist.signature("sin(x)", 6, session) is None
    assert assist.signature("# sin(", 6, session) is None


def test_every_name_can_be_inspected_and_its_example_runs(session: lang.Session) -> None:
    for name in {each.name for each in table().primitives}:
        found = assist.inspect(name, session)
        assert found is not None
        if found.example:
            assert lang.Session(kinks="silent").run(found.example).error is None
    kinds = {name: getattr(assist.inspect(name, session), "kind", None) for name in ("x", "f", "grad", "kinks", "nope")}
    assert kinds == {"x": "value", "f": "own_function", "grad": "verb", "kinks": "topic", "nope": None}


def test_one_more_key_looks_at_one_more_line(session: lang.Session) -> None:
    lines = "".join(f"y{at} = sin(x) + hypot(x, {at})\n" for at in range(200))
    assist.highlight(lines + "z = s", session)
    assist.completion(lines + "z = s", len(lines) + 5, session)
    for text in (lines + "z = sq", lines + "z = sqr"):
        before = words.cache_info().misses
        assist.highlight(text, session)
        assist.completion(text, len(text), session)
        assist.signature(text, len(text), session)
        assert words.cache_info().misses - before <= 1


def test_half_written_text_is_never_an_error(session: lang.Session) -> None:
    text = "def f(x):\n    return sin(x'[ \\al € 1e \"\n grad z at x = , by\n"
    for cut in range(len(text)):
        piece = text[:cut]
        assist.completion(piece, cut, session)
        assist.highlight(piece, session, cut)
        assist.signature(piece, cut, session)
        assist.is_complete(piece)
        assert assist.clean(piece) == piece


def test_prompts_and_answers_are_taken_away() -> None:
    assert assist.clean(">>> x = 3\n>>> x\n3\n") == "x = 3\nx"
    assert assist.clean("ad> for i in range(3):\n...     s = i\n... \ns = 2") == "for i in range(3):\n    s = i\n"


def test_a_journal_goes_back_and_runs_again() -> None:
    journal = Journal(lang.Session(answer="ans", ask=lambda name, default: 2.0))
    for text in ("x = ?\n", "y = 5\n", "z = x * y\n", "z + 1\n", "w = ans * 2\n"):
        assert journal.run(text).error is None
    assert journal.set("x", 3.0).values == {"x": 3.0, "z": 15.0, "w": 32.0}
    assert journal.set("y", 1.0).values == {"y": 1.0, "z": 3.0, "w": 8.0}
    again = lang.Session()
    assert again.run(journal.program()).error is None
    assert {name: again.values[name] for name in "xyzw"} == {"x": 3.0, "y": 1.0, "z": 3.0, "w": 8.0}
    assert (journal.undo(), journal.undo()) == (":set y 1", ":set x 3")
    assert {name: journal.session.values[name] for name in "xyzw"} == {"x": 2.0, "y": 5.0, "z": 10.0, "w": 22.0}
    assert (journal.redo(), journal.redo()) == (":set x 3", ":set y 1")
    assert {name: journal.session.values[name] for name in "xyzw"} == {"x": 3.0, "y": 1.0, "z": 3.0, "w": 8.0}
    journal.reset()
    assert not journal.session.values
    assert journal.undo() == ":reset"
    assert (journal.undo(), journal.undo(), journal.undo()) == (":set y 1", ":set x 3", "w = ans * 2")
    assert "w" not in journal.session.values
    assert journal.undo() == "z = x * y"
    assert journal.redo() == "z = x * y"
    assert journal.session.values["z"] == 10.0
    journal.run("v = log(x - 3.5)\n")
    assert journal.session.run("v").error is not None
    with pytest.raises(lang.AdError):
        journal.set("unknown", 1.0)
