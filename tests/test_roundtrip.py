"""What is written is what was read: parse(unparse(tree)) is the tree, and formatting twice is formatting
once.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lang.errors import ParseError
from lang.source import Source
from lang.syntax import tree, walk
from lang.syntax.parse import parse, parse_rules
from lang.syntax.text import decode
from lang.syntax.unparse import number, unparse
from lang.syntax.unparse import simple as simple_text

ROOT = Path(__file__).parent.parent
FILES = sorted(
    path
    for folder in ("tests/cases", "examples", "grammar")
    for path in (ROOT / folder).rglob("*.ad")
    if path.parent != ROOT / "tests/cases/syntax"  # those are no programs
)
NOWHERE = (0, 0)

# --- trees --------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a", "b", "x", "θ", "wrt", "at", "domain", "range", "dx_1"])
name = st.builds(tree.Name, NAMES, st.just(NOWHERE))
positive = st.floats(min_value=0, allow_nan=False, allow_infinity=False)
numeral = st.builds(lambda value: tree.Number(value, "", NOWHERE), positive | st.integers(0, 20).map(float))


def _applied(part: Any) -> Any:
    def apply(function: Any, *arguments: Any) -> Any:
        return st.builds(lambda f, a: tree.Apply(f, a, NOWHERE, NOWHERE), function, st.tuples(*arguments))

    many = st.lists(part, max_size=3).map(tuple)
    some = st.lists(part, min_size=1, max_size=3).map(tuple)
    by = st.lists(name, max_size=2).map(tuple)
    compared = st.lists(
        st.tuples(st.sampled_from(["<", ">", "<=", ">=", "==", "!="]), part), min_size=1, max_size=3
    )
    return st.one_of(
        apply(st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]), part, part),
        apply(st.sampled_from(["+", "-"]), part),
        st.builds(lambda f, a: tree.Apply(f, a, NOWHERE, NOWHERE), NAMES, many),
        st.builds(
            lambda f, n, b, a: tree.Derivative(f, n, b, a, NOWHERE, NOWHERE),
            NAMES,
            st.integers(1, 3),
            by,
            some,
        ),
        st.builds(
            lambda first, rest: tree.Compare(
                tuple(o for o, _ in rest), (first, *(e for _, e in rest)), NOWHERE
            ),
            part,
            compared,
        ),
        st.builds(lambda o, a, b: tree.Logic(o, (a, b), NOWHERE), st.sampled_from(["and", "or"]), part, part),
        st.builds(lambda a: tree.Logic("not", (a,), NOWHERE), part),
        st.builds(lambda a, b, c: tree.Choice(a, b, c, NOWHERE), part, part, part),
    )


expression = st.recursive(name | numeral, _applied, max_leaves=12)
names = st.lists(name, min_size=1, max_size=3).map(tuple)
values = st.lists(expression, min_size=1, max_size=3).map(tuple)


def _assignments() -> Any:
    several = st.integers(1, 3).flatmap(
        lambda n: st.tuples(
            st.lists(name, min_size=n, max_size=n),
            st.lists(expression, min_size=n, max_size=n) | st.lists(expression, min_size=1, max_size=1),
        )
    )
    plain = several.map(lambda pair: tree.Assign(tuple(pair[0]), None, tuple(pair[1]), NOWHERE))
    operator = st.sampled_from(["+", "-", "*", "/", "**"])
    return plain | st.builds(lambda n, o, v: tree.Assign((n,), o, (v,), NOWHERE), name, operator, expression)


def _commands() -> Any:
    setting = st.builds(lambda n, v: tree.Setting(n, v, NOWHERE), name, expression)
    open_setting = st.builds(lambda n, v: tree.Setting(n, v, NOWHERE), name, st.none() | expression)
    verb = st.sampled_from(["grad", "jvp", "by"]).map(lambda each: tree.Name(each, NOWHERE))
    target = st.sampled_from("xyz").map(lambda each: tree.Name(each, NOWHERE))
    targets = st.tuples(target, st.lists(name, max_size=2)).map(lambda pair: (pair[0], *pair[1]))
    few = st.lists(name, max_size=2).map(tuple)
    return st.builds(
        lambda v, t, w, at, along, by, f: tree.Command(v, t, w, at, along, by, f, NOWHERE),
        verb,
        targets,
        few,
        st.lists(setting, max_size=2).map(tuple),
        st.lists(open_setting, max_size=2).map(tuple),
        st.none() | name,
        st.none() | name,
    )


def _rules() -> Any:
    clause = st.lists(
        st.sampled_from(["domain", "kink", "vertical", "fixed", "lecture"]), max_size=3, unique=True
    ).map(lambda words: sorted(words, key=["domain", "kink", "vertical", "fixed", "lecture"].index))
    clauses = clause.flatmap(
        lambda words: st.tuples(
            *(st.builds(lambda v, w=word: tree.Clause(w, v, NOWHERE), expression) for word in words)
        )
    )
    return st.builds(
        lambda c, f, d, r, k: tree.Rule(c, f, d, r, k, NOWHERE), name, expression, name, expression, clauses
    )


simple = st.one_of(
    _assignments(),
    st.builds(lambda t, d: tree.Input(t, d, NOWHERE), name, st.none() | expression),
    st.builds(lambda v: tree.Show(v, NOWHERE), values),
    st.builds(lambda v: tree.Return(v, NOWHERE), values),
    st.builds(
        lambda n, p, v: tree.Function(n, p, (tree.Return(v, NOWHERE),), True, NOWHERE), name, names, values
    ),
    st.builds(lambda v, k: tree.Push(v, k, NOWHERE), name, st.integers(1, 9)),
    st.builds(lambda t, k: tree.Pop(t, k, NOWHERE), name, st.integers(1, 9)),
    _commands(),
    _rules(),
)


def _blocks(part: Any) -> Any:
    block = st.lists(part, min_size=1, max_size=3).map(tuple)
    branches = st.lists(st.tuples(expression, block), min_size=1, max_size=3).map(tuple)
    few = st.lists(name, max_size=2).map(tuple)
    return st.one_of(
        st.builds(lambda b, o: tree.If(b, o, NOWHERE), branches, st.none() | block),
        st.builds(lambda c, b: tree.While(c, b, NOWHERE), expression, block),
        st.builds(lambda t, v, b: tree.For(t, v, b, NOWHERE), name, values, block),
        st.builds(lambda n, p, b: tree.Function(n, p, b, False, NOWHERE), name, few, block),
    )


statement = st.recursive(simple, _blocks, max_leaves=5)


def reread(text: str) -> Any:
    return parse(Source(text)).body


@settings(max_examples=500, deadline=None)
@given(expression)
def test_an_expression_reads_back_as_itself(node: Any) -> None:
    (shown,) = reread(unparse(node))
    assert walk.same(shown, tree.Show((node,), NOWHERE))


@settings(max_examples=300, deadline=None)
@given(st.lists(statement, max_size=4))
def test_statements_read_back_as_themselves(body: list[Any]) -> None:
    text = unparse(body)
    assert walk.same(reread(text), tuple(body))
    assert unparse(parse(Source(text))) == text


@settings(max_examples=300, deadline=None)
@given(expression)
def test_no_parentheses_can_be_left_out(node: Any) -> None:
    text = unparse(node)
    opened: list[int] = []
    for at, char in enumerate(text):
        if char == "(":
            opened.append(at)
        elif char == ")":
            begin = opened.pop()
            if begin and (text[begin - 1].isalnum() or text[begin - 1] in "_']"):
                continue
            without = f"{text[:begin]} {text[begin + 1 : at]} {text[at + 1 :]}"
            assert not _same_text(without, node), f"{text!r} could be {without!r}"


def _same_text(text: str, node: Any) -> bool:
    try:
        return walk.same(reread(text), (tree.Show((node,), NOWHERE),))
    except ParseError:
        return False


@pytest.mark.parametrize(
    "text",
    [
        "(-x)**2",
        "-x**2",
        "2**(-1)",
        "2**-1",
        "(a if c else b) + 1",
        "not (a and b)",
        "(a < b) < c",
        "a < b < c",
        "(a**b)**c",
        "a - (b - c)",
        "a / (b * c)",
        "-(-x)",
        "(a or b) and c",
        "not a == b",
        "(not a) == b",
        "a if b else c if d else e",
        "(a if b else c) if d else e",
        "a if (b if c else d) else e",
        "f'(x)",
        "f''[x, y](x + 1, y)",
        "1_000 + 007.50",
        "-(a + b)",
    ],
)
def test_canonical_text_is_only_spaced_anew(text: str) -> None:
    written = unparse(parse(Source(text)))
    assert walk.same(reread(written), reread(text))
    assert unparse(parse(Source(written))) == written


def test_a_block_alone_is_no_simple_statement() -> None:
    loop = parse(Source("while x: y")).body[0]
    assert unparse(loop) == "while x:\n    y\n"
    with pytest.raises(ValueError, match="While"):
        simple_text(loop)


def test_trees_that_differ_are_told_apart() -> None:
    for one, other in [("f(a)", "f(a, b)"), ("a", "2"), ("a + b", "a - b"), ("x = 1", "x += 1")]:
        assert not walk.same(reread(one), reread(other))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x=((a)*(b))", "x = a * b"),
        ("x = 2**(-1)", "x = 2**-1"),
        ("x = -(x**2)", "x = -x**2"),
        ("x=a<b and(not c)", "x = a < b and not c"),
        ("f (x,y)=x", "f(x, y) = x"),
        ("x+=1;y=?2", "x += 1\ny = ? 2"),
        ("grad z along x=1 by reverse at y = 2 wrt a,b", "grad z wrt a, b at y=2 along x=1 by reverse"),
        ("forward   by separate", "forward by separate"),
        ("if x: y=1", "if x:\n    y = 1"),
        ("c=log(a)=>dc=da/a domain a>0", "c = log(a) => dc = da / a  domain a > 0"),
    ],
)
def test_a_statement_has_one_canonical_form(text: str, written: str) -> None:
    assert unparse(parse(Source(text))) == f"{written}\n"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"),
        (0.5, "0.5"),
        (1e300, "1e300"),
        (1e15, "1000000000000000"),
        (1e16, "1e16"),
        (5e-324, "5e-324"),
        (0.0, "0"),
    ],
)
def test_a_computed_number_is_written_as_a_person_would(value: float, text: str) -> None:
    assert number(value) == text
    assert float(text) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_survives_its_text(value: float) -> None:
    text = number(value)
    assert str(float(text)) == str(value)


# --- comments and blank lines -------------------------------------------------------------------------------

PIECES = st.lists(
    st.sampled_from(
        [
            "x = 1\n",
            "x = (1 +  # in\n  2)  # out\n",
            "x=1;y=2 # two\n",
            "# own\n",
            "    # deep\n",
            "\n",
            "\n\n\n",
            "if a:# head\n    x=1 # t\n",
            "if (a  # in\n  ):\n\n    # first\n    x = 1\n    # last\n\n"
            "# before\nelse: # else\n    # e\n    y = 1\n",
            "if a: x = 1 # one\nelif b: y\n# x\nelse: z\n",
            "def f(x):  # f\n    while x:\n        x = 1\n        # w\n    # d\n    return x\n# after\n",
            "x = f(# a\n# b\n1)\n",
            "x # tail",
        ]
    ),
    max_size=6,
)


@settings(max_examples=500, deadline=None)
@given(PIECES)
def test_formatting_keeps_tree_and_comments_and_settles_at_once(pieces: list[str]) -> None:
    text = "".join(each if each.endswith("\n") else f"{each}\n" for each in pieces)
    program = parse(Source(text))
    written = unparse(program)
    again = parse(Source(written))
    assert walk.same(again.body, program.body)
    assert [again.source.slice(span) for span in again.comments] == [
        program.source.slice(span).rstrip() for span in program.comments
    ]
    assert unparse(again) == written
    assert "\n\n\n" not in written


MESSY = """# top


x = ?   # an input
if x > 0:   # head

    # inside
    y = 1
    # end of block

# before else
else:  # other
    y = (1 +  # in it
        2)
# after
z = y"""
NEAT = """# top

x = ?  # an input
if x > 0:  # head
    # inside
    y = 1
    # end of block

# before else
else:  # other
    # in it
    y = 1 + 2
# after
z = y
"""


def test_comments_stay_where_they_were() -> None:
    assert unparse(parse(Source(MESSY))) == NEAT


# --- every program there is ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_reads_back_as_itself(path: Path) -> None:
    source = decode(path.read_bytes(), path.name)
    if path == ROOT / "grammar/rules.ad":
        rules = parse_rules(source)
        assert walk.same(parse_rules(Source(unparse(rules))), rules)
        return
    shown = path.with_suffix(".out")
    if shown.exists() and "error: " in (said := shown.read_text(encoding="utf-8")):
        with contextlib.suppress(ParseError):
            parse(source)
            said = ""
        if said:  # a case about a slip
            return
    program = parse(source)
    written = unparse(program)
    again = parse(Source(written))
    assert walk.same(again.body, program.body)
    assert unparse(again) == written
