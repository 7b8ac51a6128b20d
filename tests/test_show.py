"""Facts -> text: each renderer on pieces made by hand, so no verb is needed."""

from __future__ import annotations

import csv as reader
import io
import json as strict
import math
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import lang
from lang.diagnostic import width
from lang.evaluate.notes import Note, Sides
from lang.evaluate.run import Shown
from lang.export.notation import barred
from lang.limits import Limits
from lang.rules import table
from lang.show import ansi, csv, folding, forms, help, html, json, last, latex, markdown, numbers, remarks, text
from lang.source import Source
from lang.syntax.parse import parse
from lang.verbs.core import registry
from lang.verbs.core.answer import Answer, Grid, Listing, Values

INF, NAN = math.inf, math.nan
HOSTILE = "a\x1b[31m\u202eb\x9b|<b>&`*_{}\\$%#^~"
GRID = Grid(("d²z", "dx", "dy"), (("dx", -0.75, 1.0), ("dy", 1e-7, NAN)))
PIECES = (Values((("z", 6.0), ("dz/dx", -INF))), GRID, Listing("x = ?\ny = x  # twice\n"))
RENDERERS = {
    "text": lambda pieces: ansi.text(text.pieces(pieces)),
    "markdown": markdown.pieces,
    "csv": csv.pieces,
    "latex": latex.pieces,
    "html": html.pieces,
}


def plain(pieces, columns=80):
    return ansi.text(text.pieces(pieces, columns))


def shown(words, *values):
    return Shown(words, values, (0, len(words)), Source(words))


def answer(*pieces, form="text", notes=()):
    return Answer("any", {"of": "z", "value": NAN}, None, pieces, notes, form=form)


def note(kind="kink", count=1, line=1):
    source = Source("\n" * (line - 1) + "q = abs(x)", "p.ad")
    return Note(kind, "abs(0) is a kink", (line + 3, line + 9), source, (Sides("a", 0.0, -1.0, 1.0),), count)


# --- numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (6.0, "6"),
        (-0.0, "-0"),
        (0.1, "0.1"),
        (2.579425538604203, "2.579425538604203"),
        (1e300, "1e300"),
        (1e-7, "1e-07"),
        (1e15, "1000000000000000"),
        (1e16, "1e16"),
        (True, "true"),
        (False, "false"),
        (NAN, "nan"),
        (INF, "inf"),
        (-INF, "-inf"),
    ],
)
def test_a_number_is_its_shortest_digits(value, seen):
    assert numbers.number(value) == seen


@given(st.floats(allow_nan=False))
def test_a_shown_number_reads_back_as_itself(value):
    assert float(numbers.number(value)) == value
    assert "".join(numbers.halves(numbers.number(value))) == numbers.number(value)


# --- text -------------------------------------------------------------------------------------------------------


def test_values_line_up_at_their_equals():
    assert plain((Values((("z", 6.0), ("dz/dx", -INF))),)) == "z     = 6\ndz/dx = -inf"


def test_wide_letters_count_as_they_look():
    lines = plain((Values((("日本", 1.0), ("x", 2.0), ("e\u0301x", 3.0))),)).splitlines()
    assert len({width(line.partition("=")[0]) for line in lines}) == 1


def test_columns_line_up_at_their_points():
    grid = Grid(
        ("", "dx", "word"),
        (("a", 1.5, "one"), ("b", -10.25, "two"), ("c", 1e300, ""), ("d", 3.0, "x"), ("e", INF, "y")),
    )
    assert plain((grid,)) == "\n".join(
        [
            "        dx  word",
            "a    1.5    one",
            "b  -10.25   two",
            "c    1e300",
            "d    3      x",
            "e  inf      y",
        ]
    )


def test_words_among_numbers_and_labels_that_are_numbers():
    grid = Grid(("step", "value"), ((1.0, 2.5), (10.0, "—")))
    assert plain((grid,)) == "step  value\n   1    2.5\n  10      —"


@given(st.integers(1, 12), st.integers(1, 4), st.floats(), st.integers(40, 120))
def test_a_table_folds_and_never_wraps(columns, rows, value, room):
    grid = Grid(
        ("", *(f"d{at}" for at in range(columns))), tuple((f"r{row}", *[value] * columns) for row in range(rows))
    )
    lines = plain((grid,), room).splitlines()
    assert max(map(len, lines)) <= room
    assert sum(line.startswith("r0") for line in lines) * (rows + 1) == len([line for line in lines if line])
    assert plain((grid,), room).count(numbers.number(value)) >= columns * rows
    assert all(line == line.rstrip() for line in lines)


def test_tables_without_rows_or_columns_are_no_fault():
    for grid in (Grid((), ()), Grid(("a",), ()), Grid(("a", "b"), ())):
        for render in RENDERERS.values():
            assert isinstance(render((grid,)), str)
    assert plain((Values(()), Grid(("a", "b"), ()))) == "a  b"


def test_what_was_shown_stands_in_blocks():
    block = [
        shown("x", 3.0),
        shown("x > 2,  # here\n  y", True, 0.5),
        answer(Values((("z", 1.0),))),
        shown("f(1)", NAN),
    ]
    assert ansi.text(forms.everything(block)) == "x        = 3\nx > 2, y = true, 0.5\n\nz = 1\n\nf(1) = nan"


def test_a_long_expression_leaves_room_for_its_value():
    line = ansi.text(forms.everything([shown(" + ".join(["long_name"] * 50), 1.0)]))
    assert line.endswith("… = 1")
    assert len(line) <= 60


# --- every renderer ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", RENDERERS)
def test_nothing_that_moves_a_cursor_gets_through(form):
    hostile = (
        Values(((HOSTILE, 1.0),)),
        Grid((HOSTILE, HOSTILE), ((HOSTILE, 1.0), (HOSTILE, HOSTILE))),
        Listing(f"x = 1 # {HOSTILE}"),
    )
    seen = RENDERERS[form](hostile)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", seen)


@pytest.mark.parametrize("form", [*RENDERERS, "json", "lecture"])
def test_an_answer_comes_in_the_form_it_asked_for(form):
    seen = ansi.text(forms.answer(answer(*PIECES, form=form)))
    if form == "json":
        assert seen == '{"verb": "any", "of": "z", "value": "nan"}'
    else:
        assert seen == RENDERERS.get(form, RENDERERS["text"])(PIECES)


def test_colours_only_decorate():
    pieces = [*forms.everything([shown("x", NAN), answer(*PIECES)]), *remarks.note(note())]
    coloured = ansi.text(pieces, colour=True)
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == ansi.text(pieces)
    assert all(line.count("\x1b[0m") * 2 == line.count("\x1b[") for line in coloured.splitlines())


def test_markdown_is_one_row_a_line_with_markup_escaped():
    seen = markdown.pieces((Values((("a|b*", 1.0),)), Listing("```\nx = 1")))
    assert seen == "| name | value |\n| --- | ---: |\n| a\\|b\\* | 1 |\n\n````\n```\nx = 1\n````"


def test_csv_reads_back():
    grid = Grid(("a,b", 'q"'), (("one", 0.1), ("two\nlines", NAN)))
    assert list(reader.reader(io.StringIO(csv.pieces((grid,))))) == [
        ["a,b", 'q"'],
        ["one", "0.1"],
        ["two␊lines", "nan"],
    ]
    assert csv.pieces((Listing("p, q = 1, 2\n"),)) == 'line\n"p, q = 1, 2"'


def test_latex_knows_names_fractions_and_powers_of_ten():
    assert latex.symbol("dz/dx") == r"\frac{\mathrm{d}z}{\mathrm{d}x}"
    assert latex.symbol("dloss/dtheta_1") == r"\frac{\mathrm{d}\mathit{loss}}{\mathrm{d}\theta_{1}}"
    assert (latex.symbol("θ"), latex.symbol("a + b"), latex.symbol("")) == (r"\theta", r"\text{a + b}", "")
    assert latex.symbol("learning_rate") == r"\mathit{learning\_rate}"
    assert (latex.digits(1e-7), latex.digits(-INF), latex.digits(True)) == (
        r"10^{-7}",
        r"-\infty",
        r"\mathrm{true}",
    )
    assert r"\end {verbatim}" in latex.pieces((Listing(r"x # \end{verbatim}"),))


def test_latex_keeps_the_rows_of_a_table_low_and_words_upright():
    grid = Grid(
        ("edge", "x", "|a < b|", "right digits"),
        (("da/dθ", 1.5, "2e-16", "x → a_1 → z"), ("here", 2.0, "7", "sum = 1")),
    )
    assert latex.pieces((grid,)).splitlines()[2:5] == [
        r"  \text{edge} & x & \text{$|$a $<$ b$|$} & \text{right digits} \\ \hline",
        r"  \mathrm{d}a/\mathrm{d}\theta & 1.5 & 2 \times 10^{-16} & x \to a_{1} \to z \\",
        r"  \text{here} & 2 & 7 & \mathit{sum} = 1 \\",
    ]


def test_latex_has_letters_that_tex_knows_in_words_and_in_mathematics():
    assert latex.symbol("größe") == r"\textit{größe}"
    assert [barred(latex.symbol(each)) for each in ("x", "t1", "θ_2", "loss")] == [
        r"\bar{x}",
        r"\bar{t}_{1}",
        r"\bar{\theta}_{2}",
        r"\overline{\mathit{loss}}",
    ]
    assert latex.symbol("gθ_1") == r"\textit{g$\theta$\_1}"


class Tags(HTMLParser):
    """Which tags are open, and whether each was closed in order."""

    def __init__(self, page):
        super().__init__()
        self.open, self.seen, self.data = [], set(), ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.data += data


def test_html_is_closed_and_holds_no_tag_of_the_users():
    page = html.pieces((*PIECES, Values((("<script>", 1.0),)), Listing("<b> & </pre>"))) + html.laid_out(
        remarks.note(note()), "note"
    )
    tags = Tags(page)
    assert tags.open == []
    assert tags.seen == {"table", "thead", "tbody", "tr", "th", "td", "pre", "span"}
    assert "<b> & </pre>" in tags.data


# --- notes and JSON ---------------------------------------------------------------------------------------------


def test_a_note_looks_like_an_error_and_tells_how_often():
    assert ansi.text(remarks.note(note(count=1200, line=3))) == "\n".join(
        ["note: abs(0) is a kink", "  --> p.ad:3:5", " 3 | q = abs(x)", "   |     ^^^^^^ met 1,200 times"]
    )
    assert "times" not in ansi.text(remarks.note(note()))


def test_a_note_of_several_answers_is_said_once_with_its_largest_count():
    merged = remarks.merged(
        [answer(notes=(note(),)), shown("x", 1.0), answer(notes=(note(count=5), note(line=2)))], [note("condition")]
    )
    assert [(each.kind, each.count, each.line) for each in merged] == [
        ("kink", 5, 1),
        ("kink", 1, 2),
        ("condition", 1, 1),
    ]


def test_json_is_strict_and_visible():
    facts = {"a": [NAN, INF, -INF, 1.5, 3, True, None], HOSTILE: (HOSTILE, {"θ": -0.0}), "😀": "\U000e0001\ud800"}
    written = json.text(facts)
    assert strict.loads(written, parse_constant=pytest.fail) == {
        "a": ["nan", "inf", "-inf", 1.5, 3, True, None],
        HOSTILE: [HOSTILE, {"θ": -0.0}],
        "😀": "\U000e0001\ud800",
    }
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202e\U000e0001\ud800]", written)
    assert "θ" in written


def test_the_report_tells_errors_with_all_their_places():
    outcome = lang.Session().run("f(t) = log(t)\ny = f(-1)", "p.ad")
    report = strict.loads(json.report(ok=outcome.ok, errors=[outcome.error]))
    (error,) = report["diagnostics"]
    assert report["schema"] == "adlang/1"
    assert not report["ok"]
    assert (error["kind"], error["file"], error["line"], error["column"], error["end_column"]) == (
        "DomainError",
        "p.ad",
        1,
        8,
        14,
    )
    assert [(each["line"], each["label"]) for each in error["related"]] == [(2, "called from here")]


# --- last values and help ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("program", "names"),
    [
        ("x = 1; y = 2; x = 3", ["x"]),
        ("p, q = 1, 2; f(x) = x", ["p", "q"]),
        ("x = ?", ["x"]),
        ("f(x) = x", []),
        ("", []),
        ("s = 0\nfor i in range(3):\n    s += i\n    i", ["s"]),
        ("x = 1\nif x > 0:\n    a = 1\nelse:\n    b = 2", ["a", "b"]),
        ("".join("    " * at + "if 1 < 2:\n" for at in range(3000)) + "    " * 3000 + "deep = 1", ["deep"]),
    ],
)
def test_the_last_value_is_that_of_the_last_statement_with_one(program, names):
    assert last.names(parse(Source(program), Limits()).body) == names


def test_every_verb_function_and_topic_has_help_that_fits():
    for word in help.words():
        found = help.about(word)
        assert found, word
        lines = ansi.text(found).splitlines()
        assert all(line == line.rstrip() for line in lines), word
        assert word in table().function_names() or max(map(len, lines)) <= 110, word
    assert help.about("nonsense") is None
    assert all(any(verb in piece for piece, _ in help.about("verbs") or []) for verb in registry.names())


def test_show_names_no_verb():
    source = "".join(
        path.read_text() for path in Path(help.__file__).parent.glob("*.py") if path.name not in ("topics.py",)
    )
    code = re.sub(r'"""[\s\S]*?"""', "", source)
    assert not [verb for verb in registry.names() if f'"{verb}"' in code]


def test_a_call_that_is_the_place_of_the_error_is_not_told_twice() -> None:
    outcome = lang.Session().run("f(x) = f(x) + 1\nf(2)")
    assert outcome.error is not None
    assert outcome.error.render().count("called from here") == 0


# --- text in a narrow window ------------


def folded_text(text: str, columns: int) -> list[str]:
    return "".join(piece for piece, _ in folding.folded([(text, "")], columns)).split("\n")


def test_what_fits_is_left_as_it_is() -> None:
    pieces = [("a  b", "title"), ("\n  c\n", ""), ("d", "code")]
    assert folding.folded(pieces, 80) == pieces


def test_a_column_goes_on_in_its_column() -> None:
    assert folded_text("  sin   the sine of an angle\n  cos   its cosine", 22) == [
        "  sin   the sine of", "        an angle", "  cos   its cosine",
    ]  # fmt: skip
    listing = f"  names   {'alpha ' * 8}omega\n          beta gamma"
    assert folded_text(listing, 30)[-1] == "          beta gamma"
    assert folded_text(listing, 30)[1].startswith("          alpha")


def test_a_paragraph_is_set_anew_and_code_is_not_joined() -> None:
    prose = f"{'word ' * 12}end\nof it.\n\n    x = 1\n    y = 2"
    lines = folded_text(prose, 31)
    assert lines == [" ".join(["word"] * 6), " ".join(["word"] * 6), "end of it.", "", "    x = 1", "    y = 2"]


def test_roles_and_words_survive_and_nothing_is_wider_than_the_window() -> None:
    for word in [*help.words(), "verbs", "functions", "limits"]:
        pieces = help.about(word) or []
        for columns in (33, 40, 60, 79):
            made = folding.folded(pieces, columns)
            said = "".join(piece for piece, _ in made)
            before = "".join(piece for piece, _ in pieces)
            assert said.split() == before.split() or columns < 60
            assert "".join(said.split()) == "".join(before.split())
            assert max(map(width, said.split("\n"))) < columns
            assert {role for piece, role in made if piece.strip()} == {role for piece, role in pieces if piece.strip()}
