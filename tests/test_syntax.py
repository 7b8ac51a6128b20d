"""What the syntax room promises: shapes, places, sizes, precedence, and what it says about every known
slip.
"""

from __future__ import annotations

import ast
import errno
import io
import json
import logging
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lang import cache_files, grammar_files
from lang.errors import AdError, LimitExceeded, ParseError
from lang.fact import Fact
from lang.limits import Limits
from lang.source import Source
from lang.syntax import grammar, tables, tree, walk
from lang.syntax.parse import parse, parse_rules, unfinished
from lang.syntax.text import decode
from lang.syntax.unparse import unparse

CASES = sorted((Path(__file__).parent / "cases" / "syntax").glob("*.ad"))
MANY = 100_000


def body(text: str) -> tuple[Any, ...]:
    return parse(Source(text)).body


def only(text: str) -> Any:
    (statement,) = body(text)
    return statement


def shape(node: Any) -> Any:
    """A node as nested tuples, without places."""
    if isinstance(node, tree.Name):
        return node.name
    if isinstance(node, tree.Number):
        return node.value
    if isinstance(node, tuple):
        return tuple(map(shape, node))
    if isinstance(node, Fact):
        return (type(node).__name__, *(shape(each) for each in walk.parts(node)))
    return node


def failure(text: str, limits: Limits = Limits()) -> ParseError:  # noqa: B008 - a tuple does not change
    with pytest.raises(ParseError) as caught:
        parse(Source(text), limits)
    return caught.value


# --- every slip has its words -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_every_slip_is_worded_as_its_case_shows(case: Path, golden: Any) -> None:
    with pytest.raises(AdError) as caught:
        parse(decode(case.read_bytes(), case.name))
    golden(case, caught.value.render())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_words_of_the_trade_do_not_appear(case: Path) -> None:
    with pytest.raises(ParseError) as caught:
        parse(decode(case.read_bytes(), case.name))
    error = caught.value
    said = f"{error.message} {error.label} {error.hint}".lower()
    assert None not in (error.span, error.source)
    assert error.hint
    assert not any(word in said for word in ("token", "terminal", "identifier", "lexer", "parser", "syntax"))


# --- statements ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = ?", ("Input", "x", None)),
        ("x = ? 1.5", ("Input", "x", 1.5)),
        ("x = ? -1", ("Input", "x", ("Apply", "-", (1.0,)))),
        ("x = ? 2*pi", ("Input", "x", ("Apply", "*", (2.0, "pi")))),
        ("a = b", ("Assign", ("a",), None, ("b",))),
        ("a **= 2", ("Assign", ("a",), "**", (2.0,))),
        ("p, q = f(x)", ("Assign", ("p", "q"), None, (("Apply", "f", ("x",)),))),
        ("p, q = 1, 2", ("Assign", ("p", "q"), None, (1.0, 2.0))),
        ("a, b", ("Show", ("a", "b"))),
        ("f() = 1", ("Function", "f", (), (("Return", (1.0,)),), True)),
        ("f(x, y) = x", ("Function", "f", ("x", "y"), (("Return", ("x",)),), True)),
        ("def f(x): return x, 1", ("Function", "f", ("x",), (("Return", ("x", 1.0)),), False)),
        ("push v", ("Push", "v", 1)),
        ("push2 v", ("Push", "v", 2)),
        ("v = pop()", ("Pop", "v", 1)),
        ("v = pop9()", ("Pop", "v", 9)),
        ("push v, w", ("Command", "push", ("v", "w"), (), (), (), None, None)),
        ("f''[x, y](1, 2)", ("Show", (("Derivative", "f", 2, ("x", "y"), (1.0, 2.0)),))),
        ("a < b <= c", ("Show", (("Compare", ("<", "<="), ("a", "b", "c")),))),
        ("not a", ("Show", (("Logic", "not", ("a",)),))),
        ("forward", ("Show", ("forward",))),
        ("forward by separate", ("Command", "forward", (), (), (), (), "separate", None)),
        ("forward wrt x", ("Command", "forward", (), ("x",), (), (), None, None)),
        (
            "jvp z as json along x=?, y=2 by forward wrt a, b at c = 1",
            (
                "Command",
                "jvp",
                ("z",),
                ("a", "b"),
                (("Setting", "c", 1.0),),
                (("Setting", "x", None), ("Setting", "y", 2.0)),
                "forward",
                "json",
            ),
        ),
        ("while a: b", ("While", "a", (("Show", ("b",)),))),
        ("for i in range(1, n): i; j", ("For", "i", (1.0, "n"), (("Show", ("i",)), ("Show", ("j",))))),
        (
            "if a: b\nelif c: d\nelse: e",
            ("If", (("a", (("Show", ("b",)),)), ("c", (("Show", ("d",)),))), (("Show", ("e",)),)),
        ),
    ],
)
def test_a_statement_has_this_shape(text: str, expected: Any) -> None:
    assert shape(only(text)) == expected


def test_a_rule_keeps_its_clauses_in_order() -> None:
    rules = parse_rules(
        Source("c = log(a) => dc = da / a  domain a > 0  lecture da * (1 / a)\n\n# names\nalias ln log\n")
    )
    assert [type(each).__name__ for each in rules] == ["Rule", "Alias"]
    assert [each.word for each in rules[0].clauses] == ["domain", "lecture"]  # type: ignore[union-attr]
    assert shape(rules[1]) == ("Alias", "ln", "log")


@pytest.mark.parametrize(
    "text", ["c = where(p, a, b) => dc = where(p, da, db)", "c = -a => dc = -da", "c = a // b => dc = 0 * da"]
)
def test_a_rule_may_stand_in_a_program_and_in_the_rules_file(text: str) -> None:
    assert shape(only(text)) == shape(parse_rules(Source(text))[0])


@pytest.mark.parametrize("text", ["x = 3", "a;", "alias", "c = a => dc = 1; d = b => dd = 1"])
def test_the_rules_file_holds_only_rules_and_aliases(text: str) -> None:
    with pytest.raises(ParseError):
        parse_rules(Source(text))


SOFT = ["wrt", "at", "along", "by", "as", "domain", "kink", "vertical", "fixed", "lecture", "alias", "range"]


@pytest.mark.parametrize("word", SOFT)
def test_a_clause_word_is_an_ordinary_name_elsewhere(word: str) -> None:
    assert shape(only(f"{word} = {word} + f({word})")) == (
        "Assign",
        (word,),
        None,
        (("Apply", "+", (word, ("Apply", "f", (word,)))),),
    )
    assert shape(only(f"grad z, {word}")) == ("Command", "grad", ("z", word), (), (), (), None, None)
    assert shape(only(f"{word} z")) == ("Command", word, ("z",), (), (), (), None, None)
    assert shape(only(f"{word}, x")) == ("Show", (word, "x"))
    assert shape(only(f"push {word}")) == ("Push", word, 1)
    assert shape(only(f"grad {word}")) == ("Command", "grad", (word,), (), (), (), None, None)


# --- layout -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "# note",
        "x = 1",
        "x = 1;",
        "x = 1\r\ny = 2\r\n",
        "x = 1\ry = 2",
        "\ufeffx = 1",
        "   # note\n\nx = 1\n  # note",
        "if x > 0:\n\n  # note\n    y = 1\n# note\n\n    z = 2\n",
        "x = (1 +\n2  # note\n\n  )",
        "if x: y = 1; z = 2;\n",
        "  \n\t\nx = 1\n   ",
    ],
)
def test_layout_that_means_nothing_is_accepted(text: str) -> None:
    parse(Source(text))


def test_comments_are_noted_with_their_places() -> None:
    program = parse(Source("# one\nx = (1 # two\n)# three\n   # four"))
    assert [program.source.slice(span) for span in program.comments] == [
        "# one",
        "# two",
        "# three",
        "# four",
    ]


def test_spans_cover_parentheses_of_parts_but_not_a_nodes_own() -> None:
    source = Source("x = (a + b) * (c)  # note\n")
    statement = only(source.text)
    product = statement.values[0]
    assert source.slice(statement.span) == "x = (a + b) * (c)"
    assert source.slice(product.span) == "(a + b) * (c)"
    assert source.slice(product.name_span) == "*"
    assert source.slice(product.arguments[0].span) == "a + b"
    assert source.slice(product.arguments[1].span) == "c"


def test_a_blocks_span_ends_with_its_last_statement() -> None:
    source = Source("if a:\n    b = 1\n\n# note\nc = 2\n")
    first, second = body(source.text)
    assert source.slice(first.span) == "if a:\n    b = 1"
    assert source.slice(second.span) == "c = 2"


@pytest.mark.parametrize(
    "text", ["x = (1 +", "if x > 0:", "while x > 0:\n", "def f(x):\n    # note", "y = f(\n"]
)
def test_text_that_only_lacks_its_end_is_unfinished(text: str) -> None:
    assert unfinished(Source(text))


@pytest.mark.parametrize("text", ["x = 1", "x =", "x = )", "x = (1 +* 2", "if x\n", "", "break"])
def test_other_text_is_not_unfinished(text: str) -> None:
    assert not unfinished(Source(text))


# --- numbers and names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["2", ".5", "1.", "1e-3", "1_000", "1E5", "0", "00", "0.0", "007.5", "1_0.0_1e1_0", "5e-324"]
)
def test_a_number_is_spelled_and_valued_as_in_python(text: str) -> None:
    number = only(text).values[0]
    assert number.text == text
    assert number.value == float(text)


@pytest.mark.parametrize("text", ["1" * MANY, "1e" + "9" * 30, "1e999999999", "1_" * MANY + "1"])
def test_a_number_beyond_a_double_is_an_error_at_once(text: str) -> None:
    assert failure(f"x = {text}").message == "this number is too large"


@pytest.mark.parametrize("text", ["θ", "learning_rate", "x̂", "ä", "_", "变量", "ﬁt", "ｘ"])
def test_a_name_is_what_python_takes_for_one(text: str) -> None:
    assert only(text).values[0].name == next(
        node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)
    )


def test_bytes_may_begin_with_a_mark_and_end_lines_as_they_like() -> None:
    assert decode(b"\xef\xbb\xbfx = 1\r\ny = 2\rz = 3").text == "x = 1\ny = 2\nz = 3"
    with pytest.raises(ParseError, match="0xFF in line 1") as caught:
        decode("x = 1".encode("utf-16"))
    assert caught.value.hint == "save the file as UTF-8, not as UTF-16"


def test_bytes_that_are_not_utf_8_are_an_error_with_their_line() -> None:
    with pytest.raises(ParseError) as caught:
        decode(b"x = 1\r\ny = \xff2\n", "a.ad")
    assert caught.value.render().splitlines()[:3] == [
        "error: this is not UTF-8 text: byte 0xFF in line 2",
        "  --> a.ad:2:5",
        " 2 | y = \N{REPLACEMENT CHARACTER}",
    ]


@given(st.binary(max_size=60))
def test_any_bytes_are_a_program_or_an_error_that_can_be_shown(data: bytes) -> None:
    try:
        parse(decode(data))
    except AdError as error:
        shown = error.render()
        assert all(char == "\n" or char.isprintable() for char in shown if ord(char) < 0x2500)


# --- precedence is Python's ---------------------------------------------------------------------------------

OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.UAdd: "+",
    ast.USub: "-",
    ast.Not: "not",
    ast.And: "and",
    ast.Or: "or",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def python_shape(node: Any) -> Any:
    """Python's own tree in the form of `shape`."""
    match node:
        case ast.Name():
            return node.id
        case ast.Constant():
            return float(node.value)
        case ast.BinOp():
            return ("Apply", OPERATORS[type(node.op)], (python_shape(node.left), python_shape(node.right)))
        case ast.UnaryOp(op=ast.Not()):
            return ("Logic", "not", (python_shape(node.operand),))
        case ast.UnaryOp():
            return ("Apply", OPERATORS[type(node.op)], (python_shape(node.operand),))
        case ast.BoolOp():
            left = python_shape(node.values[0])
            for each in node.values[1:]:
                left = ("Logic", OPERATORS[type(node.op)], (left, python_shape(each)))
            return left
        case ast.Compare():
            operands = tuple(map(python_shape, (node.left, *node.comparators)))
            return ("Compare", tuple(OPERATORS[type(each)] for each in node.ops), operands)
        case ast.IfExp():
            return ("Choice", python_shape(node.test), python_shape(node.body), python_shape(node.orelse))
        case ast.Call():
            return ("Apply", node.func.id, tuple(map(python_shape, node.args)))
    raise AssertionError(node)


BETWEEN = [
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "**",
    "<",
    "==",
    ">=",
    "and",
    "or",
    "and not",
    "* -",
    "** -",
    "+ +",
    "if c else",
]
WORDS = st.lists(
    st.tuples(
        st.sampled_from(["", "-", "not ", "(", "f(", "--"]),
        st.sampled_from(["a", "b", "2", ".5"]),
        st.sampled_from(["", ")", ")"]),
    ),
    min_size=1,
    max_size=9,
)


@settings(max_examples=500)
@given(WORDS, st.lists(st.sampled_from(BETWEEN), min_size=9, max_size=9))
def test_every_expression_groups_as_in_python(words: list[tuple[str, str, str]], between: list[str]) -> None:
    text = " ".join(f"{op} {a}{b}{c}" for op, (a, b, c) in zip(["", *between], words, strict=False)).strip()
    try:
        expected = python_shape(ast.parse(text, mode="eval").body)
    except SyntaxError:
        failure(text)
        return
    assert shape(only(text)) == ("Show", (expected,))


# --- sizes --------------------------------------------------------------------------------------------------


def _big() -> dict[str, str]:
    return {
        "terms": "x = " + " + ".join(["a"] * MANY),
        "parentheses": "x = " + "(" * MANY + "a" + ")" * MANY,
        "parentheses to the right": "x = " + "(1 + " * MANY + "a" + ")" * MANY,
        "calls": "x = " + "f(" * MANY + "a" + ")" * MANY,
        "powers": "x = " + "**".join(["a"] * MANY),
        "signs": "x = " + "-" * MANY + "a",
        "choices": "x = " + "a if b else " * MANY + "c",
        "comparisons": "x = " + "a < " * MANY + "a",
        "arguments": "x = f(" + "a, " * MANY + "a)",
        "statements": "a = x * y\n" * MANY,
        "statements in a line": "a = 1; " * MANY,
        "elif": "if a: b\n" + "elif c: d\n" * 10_000,
        "blocks": "".join(" " * depth + "if a:\n" for depth in range(1000)) + " " * 1000 + "b",
        "comment": "# " + "x" * 5_000_000 + "\nx = 1",
        "blank lines": "\n" * 1_000_000 + "x = 1",
        "spaces": "x =" + " " * 1_000_000 + "1",
    }


@pytest.mark.parametrize("name", list(_big()))
def test_size_is_no_trouble(name: str) -> None:
    program = parse(Source(_big()[name]))
    again = parse(Source(unparse(program)))
    assert walk.same(program.body, again.body)
    del program, again  # freeing a deep tree is a walk, too


@pytest.mark.parametrize(
    "name", ["terms", "parentheses", "calls", "statements", "elif", "blank lines", "arguments"]
)
def test_work_grows_as_the_text_does(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted, not timed: Python calls made while parsing twice as much text are at most twice as many."""
    counts = []
    for part in (2, 1):
        text = {
            "terms": "x = " + " + ".join(["a"] * (2000 // part)),
            "parentheses": "x = " + "(" * (2000 // part) + "a" + ")" * (2000 // part),
            "calls": "x = " + "f(" * (2000 // part) + "a" + ")" * (2000 // part),
            "statements": "a = x * y\n" * (2000 // part),
            "elif": "if a: b\n" + "elif c: d\n" * (2000 // part),
            "blank lines": "x = 1\n\n\n" * (2000 // part),
            "arguments": "x = f(" + "a, " * (2000 // part) + "a)",
        }[name]
        parse(Source(text))
        calls = 0

        def count(frame: Any, event: str, argument: Any) -> None:
            nonlocal calls
            calls += 1

        sys.setprofile(count)
        try:
            parse(Source(text))
        finally:
            sys.setprofile(None)
        counts.append(calls)
    assert counts[1] <= 2 * counts[0] + 50


def test_limits_are_kept_and_name_their_place() -> None:
    for text, limits, limit in [
        ("x = 1\n" * 10, Limits(source_chars=20), "source_chars"),
        ("x = " + "(" * 101 + "1" + ")" * 101, Limits.untrusted(), "nesting"),
        (
            "".join(" " * depth + "if a:\n" for depth in range(102)) + " " * 102 + "b",
            Limits.untrusted(),
            "nesting",
        ),
        ("x = " + "(" * 200_000, Limits(), "nesting"),
    ]:
        with pytest.raises(LimitExceeded) as caught:
            parse(Source(text), limits)
        assert caught.value.limit == limit
        assert caught.value.reached > caught.value.allowed
        assert "-->" in caught.value.render()


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 50_000,
        "x = " + "a + " * MANY,
        "x = " + "(1 + " * 50_000 + "2 3",
        "x" * MANY + "^",
        "x = 1" + "x" * MANY,
    ],
)
def test_an_error_in_a_large_text_comes_soon(text: str) -> None:
    assert len(failure(text).render()) < 1000


# --- the grammar and its cache ------------------------------------------------------------------------------


def test_the_grammar_has_no_conflicts() -> None:
    from lark import Lark, logger

    records: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())  # type: ignore[method-assign]
    logger.addHandler(handler)
    before = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        Lark(
            grammar_files.read("ad.lark"),
            parser="lalr",
            lexer="basic",
            start=["program", "rules"],
            debug=True,
        )
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
    assert not [each for each in records if "conflict" in each.lower()]


LOADED = """
import sys
from lang.source import Source
from lang.syntax.parse import parse
parse(Source("x = 1"))
print("lark" in sys.modules)
"""


def run(home: Path, **more: str) -> str:
    environment = {
        **os.environ,
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "PYTHONPATH": os.pathsep.join(sys.path),
        **more,
    }
    return subprocess.run(
        [sys.executable, "-c", LOADED], env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def cached(home: Path) -> Path:
    (file,) = (home / "cache" / "adlang").iterdir()
    return file


def test_lark_is_loaded_only_when_the_tables_are_not_cached(tmp_path: Path) -> None:
    assert run(tmp_path) == "True"
    assert cached(tmp_path).parent.stat().st_mode & 0o777 == 0o700
    assert run(tmp_path) == "False"


@pytest.mark.parametrize("spoiled", ["", "{", "[]", "null", '{"key": 1}', "[" * 100_000])
def test_a_spoiled_cache_is_rebuilt(tmp_path: Path, spoiled: str) -> None:
    run(tmp_path)
    cached(tmp_path).write_text(spoiled)
    assert run(tmp_path) == "True"
    assert run(tmp_path) == "False"


def test_a_cache_with_the_right_key_and_wrong_tables_is_rebuilt(tmp_path: Path) -> None:
    run(tmp_path)
    data = json.loads(cached(tmp_path).read_text().partition("\n")[2])
    cache_files.write(str(cached(tmp_path)), {**data, "rules": [[0]]})
    assert run(tmp_path) == "True"


def test_a_cache_that_others_may_write_is_not_trusted(tmp_path: Path) -> None:
    run(tmp_path)
    cached(tmp_path).chmod(0o666)
    assert run(tmp_path) == "True"


def test_a_home_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")
    assert run(tmp_path) == "True"
    assert run(tmp_path, HOME="/dev/null", XDG_CACHE_HOME="") == "True"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere platformdirs is asked")
def test_the_cache_folder_is_the_one_platformdirs_names(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    for value in ("/somewhere/else", ""):
        monkeypatch.setenv("XDG_CACHE_HOME", value)
        assert cache_files.folder() == platformdirs.user_cache_dir("adlang")


def outline(table: tables.Tables) -> Any:
    """What does not depend on the order in which Lark numbers its states."""
    return sorted(table.rules, key=str), sorted(
        (sorted(row), len(gotos)) for row, gotos in zip(table.actions, table.gotos, strict=True)
    )


def test_the_tables_are_what_the_cache_holds() -> None:
    made = json.loads(json.dumps(grammar.compile_grammar(grammar_files.read("ad.lark"))))
    again = tables._tables(made)
    now = tables.load()
    assert (again.names, again.fixed, again.pattern) == (now.names, now.fixed, now.pattern)
    assert outline(again) == outline(now)


def test_tables_are_read_and_kept_by_key(tmp_path: Path) -> None:
    path = str(tmp_path / "folder" / "tables.json")
    assert cache_files.read(path, [1]) is None
    cache_files.write(path, {"key": [1], "more": 2})
    assert cache_files.read(path, [1]) == {"key": [1], "more": 2}
    assert cache_files.read(path, [2]) is None
    assert os.listdir(tmp_path / "folder") == ["tables.json"]
    cache_files.write(str(tmp_path / "folder" / "tables.json" / "below"), {})
    os.chmod(path, 0o606)
    assert cache_files.read(path, [1]) is None


def test_a_byte_that_is_not_what_was_kept_is_noticed_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "tables"
    data = {"key": ["text"], "rows": [[1, 2], {"3": None}], "more": "x" * 50}
    cache_files.write(str(path), data)
    whole = path.read_bytes()
    for at in range(len(whole)):
        for other in (whole[at] ^ 1, whole[at] ^ 0x80, 0, ord("0")):
            if other != whole[at]:
                path.write_bytes(whole[:at] + bytes([other]) + whole[at + 1 :])
                assert cache_files.read(str(path), ["text"]) is None
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        assert cache_files.read(str(path), ["text"]) is None
        path.write_bytes(whole[:end] + bytes(len(whole) - end))
        assert cache_files.read(str(path), ["text"]) is None
    path.write_bytes(whole + b" ")
    assert cache_files.read(str(path), ["text"]) is None
    path.write_bytes(whole)
    assert cache_files.read(str(path), ["text"]) == data


@pytest.mark.parametrize("kind", ["tables", "rules"])
@pytest.mark.parametrize("damage", ["rows", "cut", "zeros"])
def test_commands_run_whatever_became_of_what_was_kept(tmp_path: Path, kind: str, damage: str) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "lang", "grad", "-c", "x = ? 2\nz = x * sin(x)", "z"]

    def answer() -> tuple[int, str, str]:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    right = answer()
    assert right[0] == 0
    (path,) = (tmp_path / "adlang").glob(f"{kind}-*")
    whole = path.read_bytes()
    if damage == "rows":
        path.write_bytes(re.sub(rb"\d", b"7", whole))
    else:
        path.write_bytes(whole[: len(whole) // 2] + (b"\0" * 1000 if damage == "zeros" else b""))
    damaged = path.read_bytes()
    assert answer() == right
    assert path.read_bytes() != damaged


def test_many_at_once_keep_the_same_and_a_reader_never_sees_half(tmp_path: Path) -> None:
    path = str(tmp_path / "tables")
    data = {"key": [1], "rows": list(range(20_000))}
    seen: list[object] = []
    cache_files.write(path, data)

    def work(index: int) -> None:
        for _ in range(30):
            (cache_files.write if index % 2 else lambda *_: seen.append(cache_files.read(path, [1])))(path, data)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert all(each == data for each in seen)
    assert os.listdir(tmp_path) == ["tables"]


@pytest.mark.parametrize("where", ["open", "write", "replace"])
def test_a_full_disk_leaves_what_was_kept_and_nothing_else(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object, **options: object) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    class Full(io.BytesIO):
        write = full

    path = str(tmp_path / "tables")
    cache_files.write(path, {"key": [1], "more": 2})
    with monkeypatch.context() as patched:
        if where == "write":
            patched.setattr("builtins.open", lambda file, mode: Full(os.close(file) or b""))
        else:
            patched.setattr(os, where, full)
        cache_files.write(path, {"key": [1], "more": 3})
    assert cache_files.read(path, [1]) == {"key": [1], "more": 2}
    assert os.listdir(tmp_path) == ["tables"]


def test_nobody_needs_a_home(tmp_path: Path) -> None:
    environment = {key: each for key, each in os.environ.items() if key not in ("HOME", "XDG_CACHE_HOME")}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    homeless = "import os; os.path.expanduser = lambda path: path\n"
    homeless += "import lang; print(lang.parse('x = ?; z = x * x').compile('z', engine='native').grad(3))"
    for script in (homeless, homeless.partition("\n")[2]):
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "(6.0,)\n", "")
        assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_in_the_place_of_a_cache_file_is_not_waited_for(tmp_path: Path) -> None:
    run(tmp_path)
    for path in (tmp_path / "cache" / "adlang").glob("*.kept"):
        path.unlink()
        os.mkfifo(path)
    assert run(tmp_path) == "True"


def test_without_a_cache_or_lark_in_sight_the_tables_are_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = tables.load()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for _ in range(2):
        assert outline(tables.load.__wrapped__()) == outline(before)
    path = cache_files.place(f"tables-{tables.FORMAT}", grammar_files.read("ad.lark"))
    data = json.loads(Path(path).read_text().partition("\n")[2])
    cache_files.write(path, {"key": data["key"]})
    assert outline(tables.load.__wrapped__()) == outline(before)
    monkeypatch.setattr(sys, "path", [])
    assert tables._lark_version() == ""


def test_other_systems_keep_the_cache_where_platformdirs_says(monkeypatch: pytest.MonkeyPatch) -> None:
    import platformdirs

    monkeypatch.setattr(sys, "platform", "elsewhere")
    assert cache_files.folder() == platformdirs.user_cache_dir("adlang")


def test_a_missing_grammar_file_says_where_it_was_sought() -> None:
    with pytest.raises(FileNotFoundError, match="grammar"):
        grammar_files.read("nothing.ad")
