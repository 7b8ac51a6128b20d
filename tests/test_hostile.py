"""Texts nobody means well with: every one ends in a value or an `AdError`, soon, in bounded memory.

Law: whatever the text, no other exception of Python comes out, and no control character of it reaches a
message."""

from __future__ import annotations

import math
import resource
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest

import lang

UNTRUSTED = lang.Limits.untrusted()


def verdict(text: str, limits: lang.Limits = UNTRUSTED) -> lang.AdError | None:
    """Everything that can be done with a text; the error it ends in."""
    before = time.process_time()
    error: lang.AdError | None = None
    try:
        program = lang.parse(text, limits=limits)
        str(program)
        program.run()
        for name in program.names[:2]:
            for by in ("reverse", "forward"):
                program.grad(name, by=by)
    except lang.AdError as caught:
        error = caught
    outcome = lang.Session(limits=limits).run(text)
    for each in (error, outcome.error):
        if each is not None:
            assert clean(each.render()), each.render()
            assert clean(str(each))
    assert time.process_time() - before < 20
    return error


def clean(message: str) -> bool:
    """No control, bidi or surrogate characters; and no longer than a person would read."""
    bad = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    return len(message) < 4000 and all(
        char == "\n" or unicodedata.category(char) not in bad for char in message
    )


# --- characters ------------

CHARACTERS = {
    "a NUL": "x = 1\0", "a NUL in a comment": "x = 1 # \0", "only NULs": "\0" * 100, "a bell": "x = \a1",
    "an escape": "x = \x1b[31m1",
    "an escape in a name": "x\x1b[2J = 1", "an escape in a comment": "x = 1 # \x1b]0;title\x07",
    "a backspace": "x = 1\b2",
    "a vertical tab": "x = 1\v", "a form feed": "x = 1\f\ny = 2", "a line separator": "x = 1\u2028y = 2",
    "a next line": "x = 1\x85y = 2",
    "a right-to-left override": "x = 1 \u202e+ 2", "an isolate in a comment": "x = 1 # \u2066 if \u2069",
    "bidi in a name": "a\u202eb = 1",
    "a zero width space": "x\u200b = 1", "a zero width joiner": "x\u200d = 1",
    "a byte order mark inside": "x = \ufeff1",
    "a lone surrogate": "x = \ud800", "a lone surrogate in a name": "x\udfff = 1",
    "a lone surrogate in a comment": "x = 1 # \ud800",
    "a private character": "x = \ue000", "an unassigned character": "x\U000e0fff = 1",
    "the last character": "x = \U0010ffff",
    "a noncharacter": "x = \uffff", "a tag character": "x\U000e0041 = 1", "a cyrillic a": "а = 1; z = a",
    "a greek omicron": "ο = 1; z = o",
    "a fullwidth digit": "x = １", "an arabic digit": "x = ٣", "a digit with a circle": "x = ①",
    "a superscript": "x = 2²", "a roman numeral": "x = Ⅷ",
    "a fullwidth equals": "x ＝ 1", "a minus sign": "x = 1 − 2", "a multiplication sign": "x = 2 × 3",
    "curly quotes": "x = ‘1’",
    "a non-breaking space": "x\u00a0=\u00a01", "an ideographic space": "x =\u30001", "an emoji": "😀 = 1",
    "a flag": "x = 🇩🇪",
    "a combining mark alone": "\u0301 = 1", "a hundred combining marks": "e" + "\u0301" * 100 + " = 1",
    "a mathematical letter": "𝐱 = 1; z = x",
    "a ligature that grows": "\ufdfa = 1", "a sharp s": "ß = 1; z = ss", "a dotless i": "ı = 1",
    "a soft hyphen": "x\u00ad = 1",
    "a middle dot": "x·y = 1", "a tab among spaces": "if 1 < 2:\n \tx = 1\n\t x = 2",
    "carriage returns": "x = 1\r\r\r\ny = 2",
}  # fmt: skip


@pytest.mark.parametrize("what", CHARACTERS)
def test_odd_characters_end_in_a_value_or_an_error_that_shows_none_of_them(what: str) -> None:
    verdict(CHARACTERS[what])


def test_a_look_alike_letter_is_another_name_and_the_error_says_so() -> None:
    error = verdict("а = 1; z = a")
    assert isinstance(error, lang.CheckError)


@pytest.mark.parametrize("data",
                         [b"x = \xff", b"\xff\xfe\x00x", b"x = 1 # \xc3\x28", b"\x80\x81\x82",
                          b"\xed\xa0\x80 = 1", b"\x00", b"PK\x03\x04\x00\xff",
                                  bytes(range(256))])  # fmt: skip
def test_a_file_that_is_not_utf_8_is_an_error_with_its_place(data: bytes, tmp_path: Any) -> None:
    path = tmp_path / "hostile.ad"
    path.write_bytes(data)
    with pytest.raises(lang.AdError) as caught:
        lang.load(path)
    assert clean(caught.value.render())


def test_a_file_with_marks_and_foreign_line_ends_is_read(tmp_path: Any) -> None:
    path = tmp_path / "good.ad"
    path.write_bytes("\ufeffθ = 2\r\nz = θ * 3".encode())
    assert lang.load(path).run()["z"] == 6


@pytest.mark.parametrize("text", [b"x = 1", None, 3, ["x = 1"], object(), bytearray(b"x"), 1.5])
def test_what_is_no_text_is_a_type_error(text: Any) -> None:
    with pytest.raises((TypeError, lang.AdError)):
        lang.parse(text)


# --- names ------------

NAMES = ["__import__", "__class__", "__builtins__", "__dict__", "__name__", "__debug__", "_plain", "_apply",
         "f0", "a0", "d0", "c", "t1", "self",
         "True_", "print", "eval", "exec", "open", "dc", "da", "di", "values", "None_", "match", "case",
         "type", "_", "__", "range", "at", "wrt"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_means_something_to_python_is_a_name_like_any_other(name: str) -> None:
    program = lang.parse(
        f"{name} = ? 3\nf({name}) = {name} * {name}\nz = f({name}) + sin({name})\nw = f'({name})"
    )
    assert program.run()["z"] == 9 + math.sin(3)
    assert program.run()["w"] == 6
    assert program.grad("z") == {name: 6 + math.cos(3)}


@pytest.mark.parametrize("text",
                         ["__import__('os')", "x.__class__", "x = ().__class__", "f = lambda: 1",
                          "x = open('a')", "x = [].append", "x = {}",
                                  "import os", "from os import x", "exec('1')", "x = f'{1}'", "@f\nx = 1",
                                  "x: int = 1", "class A: x = 1", "del x",
                                  "global x", "x = yield", "x = await y", "try: x = 1", "with x: y = 1",
                                  "x = (y := 3)", "x = *y", "f(**x)", "f(x=1)",
                                  "x = 1 if", "x = not", "x[0] = 1", "x.y = 1", "x = 'a' 'b'", "x = \"\"\"",
                                  "x = 1; \\", "x = $y", "`x`", "x!", "x = ?y", "? = 1",
                                  "?", "x = ??", "None = 1", "True = 1", "x = True", "x = None", "lambda = 1",
                                  "def def(x): x", "if = 1"])  # fmt: skip
def test_what_python_has_and_the_language_has_not_is_a_parse_or_check_error(text: str) -> None:
    assert isinstance(verdict(text), lang.ParseError | lang.CheckError)


@pytest.mark.parametrize("length", [1000, 90_000])
def test_very_long_names_work_and_errors_shorten_them(length: int) -> None:
    name = "x" * length
    assert lang.parse(f"{name} = 3\nz = {name}" if length < 40_000 else f"{name} = 3", limits=UNTRUSTED).run()
    assert verdict(f"z = {name}") is not None
    assert verdict(f"z = {name}(1)") is not None
    assert verdict(f"{name} 3") is not None


@pytest.mark.parametrize("text", [
    "x" * 90_000 + " 3", "x" * 90_000 + " .y", "_" * 90_000 + " {", "1" * 90_000 + "²", "\n" * 90_000 + "->",
    "z = f(" + "\n" * 90_000 + " at x = 3", "z ^ 2" + " " * 90_000 + "^ 2",
])  # fmt: skip
def test_looking_for_advice_takes_a_time_in_proportion_to_the_text(text: str) -> None:
    assert isinstance(verdict(text), lang.ParseError)


# --- sizes ------------

NUMBERS = {"100,000 digits": "z = " + "9" * 99_990, "100,000 digits after the point": "z = 0." + "3" * 99_000,
           "a huge exponent": "z = 1e999999999",
           "a tiny exponent": "z = 1e-999999999", "1e400": "z = 1e400",
           "an exponent of 50,000 digits": "z = 1e" + "9" * 50_000,
           "many zeros": "z = 0" + "0" * 50_000 + "1",
           "zeros and an exponent": "z = 0." + "0" * 50_000 + "1e50001",
           "only underscores": "z = 1" + "_1" * 40_000,
           "hexadecimal": "z = 0x" + "f" * 50_000, "a tower": "z = 9**9**9**9**9**9",
           "many points": "z = 1" + ".1" * 1000, "many es": "z = 1" + "e1" * 1000}  # fmt: skip


@pytest.mark.parametrize("what", NUMBERS)
def test_extreme_numbers_end_in_a_value_or_an_error(what: str) -> None:
    verdict(NUMBERS[what])


def test_a_literal_too_large_for_a_double_is_an_error() -> None:
    assert isinstance(verdict("z = 1e400"), lang.ParseError)
    assert isinstance(verdict("z = " + "9" * 400), lang.ParseError)
    assert lang.parse("z = 1e308").run()["z"] == 1e308


DEEP = {
    "parentheses": lambda n: "z = " + "(" * n + "1" + ")" * n, "open parentheses": lambda n: "z = " + "(" * n,
    "closing parentheses": lambda n: "z = 1" + ")" * n,
    "calls": lambda n: "z = " + "sin(" * n + "1" + ")" * n, "minuses": lambda n: "z = " + "-" * n + "1",
    "powers": lambda n: "z = " + "1**" * n + "1",
    "nots": lambda n: "z = " + "not " * n + "1 < 2",
    "choices": lambda n: "z = " + "1 if 1 > 2 else " * n + "2",
    "choices in choices": lambda n: "z = " + "(1 if 1 < 2 else " * n + "2" + ")" * n,
    "conditions": lambda n: "z = " + "1 if (1 if " * n, "primes": lambda n: "z = sin" + "'" * n + "(1)",
    "brackets": lambda n: "z = f'[" + "x, " * n + "x](1)",
    "blocks": lambda n: "".join(" " * i + "if 1 < 2:\n" for i in range(n)) + " " * n + "z = 1",
    "blocks without end": lambda n: "".join(" " * i + "if 1 < 2:\n" for i in range(n)),
    "elifs": lambda n: "if 1 > 2: z = 1\n" + "elif 1 > 2: z = 1\n" * n,
    "ands": lambda n: "z = 1 < 2" + " and 1 < 2" * n, "comparisons": lambda n: "z = 1" + " < 1" * n,
    "loops": lambda n: "".join(" " * i + f"for i{i} in range(1):\n" for i in range(n)) + " " * n + "z = 1",
    "functions": lambda n: "".join(f"f{i}(x) = x\n" for i in range(n)),
    "semicolons": lambda n: "z = 1" + ";" * n, "commas": lambda n: "z = f(" + "," * n + ")",
    "parameters": lambda n: "f(" + ", ".join(f"a{i}" for i in range(n)) + ") = 1\nz = 2",
    "targets": lambda n: ", ".join(["a"] * n) + " = " + ", ".join(["1"] * n),
    "inputs": lambda n: "".join(f"x{i} = ? 1\n" for i in range(min(n, 1500))) + "z = x0",
    "dedents": lambda n: "".join(" " * (n - i) + "z = 1\n" for i in range(n)),
    "rules": lambda n: "f(x) = x\n" + "c = f(x) => dc = dx\n" * min(n, 3000),
    "right sides": lambda n: "f(x) = x\nc = f(x) => dc = " + "(" * n + "dx" + ")" * n,
    "commands": lambda n: "x = ? 1\nz = x\n" + "grad z\n" * min(n, 100),
    "wrt": lambda n: "x = ? 1\nz = x\ngrad z wrt " + ", ".join(["x"] * n),
    "stars": lambda n: "z = 1 " + "*" * n + " 1",
    "equals": lambda n: "z " + "= " * n + "1", "spaces": lambda n: "z =" + " " * n + "1",
    "tabs": lambda n: "\t" * n + "z = 1", "empty lines": lambda n: "\n" * n + "z = 1",
    "hashes": lambda n: "#" * n,
}  # fmt: skip


@pytest.mark.parametrize("size", [101, 12_000])
@pytest.mark.parametrize("what", DEEP)
def test_depth_and_length_of_anything_end_in_a_value_or_an_error(what: str, size: int) -> None:
    verdict(DEEP[what](size)[:99_999])


@pytest.mark.parametrize("what",
                         ["parentheses", "calls", "minuses", "powers", "nots", "choices", "primes", "elifs",
                          "ands", "parameters", "right sides", "open parentheses",
                                  "conditions", "brackets", "semicolons", "dedents"])  # fmt: skip
def test_depth_is_no_danger_with_the_usual_limits_either(what: str) -> None:
    text = DEEP[what]({"primes": 30, "dedents": 1_000}.get(what, 10_000))
    verdict(text, lang.Limits(seconds=2))


def test_a_text_beyond_the_limit_is_not_looked_at() -> None:
    before = time.process_time()
    assert isinstance(verdict("(" * 5_000_000), lang.LimitExceeded)
    assert time.process_time() - before < 2


ROOT = Path(__file__).parent.parent
BIG = """
import sys, time
import lang
from tests.peak import mebibytes
text = eval(sys.argv[1])
before = time.process_time()
try:
    program = lang.parse(text)
    program.run(limits=lang.Limits(seconds=5))
    print("ok")
except lang.AdError as error:
    print(type(error).__name__)
print(time.process_time() - before, mebibytes())
"""


@pytest.mark.parametrize("expression", [
    "'x = 1 # ' + 'a' * 5_000_000", "'# a\\n' * 1_000_000 + 'x = 1'", "'x = ' + '1' * 5_000_000",
    "'x' * 5_000_000 + ' = 1'",
    "'x = 1' + ' ' * 5_000_000", "'\\n' * 5_000_000", "'x = ' + '(' * 1_000_000", "')' * 1_000_000",
    "'\"' * 1_000_000", "'x = ' + '-' * 90_000 + '1'",
    "'x = (' + '\\n' * 5_000_000", "'\\u0301' * 1_000_000", "'e' + '\\u0301' * 300_000 + ' = 1'",
    "'é\\u0323\\u0301' * 300_000 + ' = 1'", "'?' * 1_000_000", "'x = ? ' * 200_000",
    "'; ' * 1_000_000", "'x;' * 300_000", "\"sin\" + \"'\" * 1_000_000", "'z = x' + 'x (' * 100_000",
    "'f(' * 100_000", "'1e' * 300_000", "'_' * 1_000_000", "' ' * 5_000_000 + 'x = 1'",
])  # fmt: skip
def test_megabytes_of_anything_are_answered_within_seconds_and_a_gibibyte(expression: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BIG, expression], capture_output=True, text=True, timeout=100, cwd=ROOT
    )
    assert done.stderr == ""
    word, rest = done.stdout.splitlines()
    seconds, mebibytes = map(float, rest.split())
    assert word == "ok" or word.endswith(("Error", "Exceeded", "Mismatch", "Name", "Input"))
    assert seconds < 20
    assert mebibytes < 1024


def test_this_process_has_stayed_small() -> None:
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 < 3072


# --- calls of the Python face ------------

MISUSES = [
    lambda p: p.grad("nothing"), lambda p: p.grad(""), lambda p: p.grad("z", wrt="nothing"),
    lambda p: p.grad("z", wrt=""), lambda p: p.grad("z", wrt=[]),
    lambda p: p.grad("z", by="magic"), lambda p: p.grad(), lambda p: p.grad("z", "z"), lambda p: p.jvp("z"),
    lambda p: p.jvp("z", along={}),
    lambda p: p.jvp("z", along={"q": 1}), lambda p: p.jvp("z", along={"z": 1, "nothing": 2}),
    lambda p: p.vjp("z", along={"x": 1}), lambda p: p.vjp("z"),
    lambda p: p.hessian("z", wrt="a"), lambda p: p.jacobian(), lambda p: p.ask("gard", "z"),
    lambda p: p.ask("__class__", "z"), lambda p: p.grad("z", x=math.nan),
    lambda p: p.grad("z", x="3"), lambda p: p.grad("z", nothing=3), lambda p: p.grad("z", at={"nothing": 3}),
    lambda p: p.grad("z", kinks="x"), lambda p: p.run(at={"x": None}),
    lambda p: p.jvp("z", along={"x": math.nan}), lambda p: p.jvp("z", along={"x": "1"}),
    lambda p: p.jvp("z", along={"x": 10**400}), lambda p: p.vjp("z", along={"z": math.inf}),
    lambda p: p.grad("\x1b[31m"), lambda p: p.grad("z\0"), lambda p: p.grad("x" * 100_000),
    lambda p: p.grad("z", as_="yaml"), lambda p: p.grad("b"),
    lambda p: p.grad("z", wrt="b"), lambda p: p.grad("f"), lambda p: p.grad("z", wrt="f"),
    lambda p: p.grad("sin"),
]  # fmt: skip


@pytest.mark.parametrize("act", MISUSES, ids=range(len(MISUSES)))
def test_a_misuse_of_a_program_is_an_error_of_the_language(act: Any) -> None:
    program = lang.parse("x = ? 2\na = x * x\nb = a > 1\nf(u) = u\nz = f(a)")
    with pytest.raises(lang.AdError) as caught:
        act(program)
    assert clean(caught.value.render()), caught.value.render()


@pytest.mark.parametrize("act",
                         [lambda p: p.grad(3), lambda p: p.grad("z", wrt=3), lambda p: p.grad("z", limits=3),
                          lambda p: p.run(3), lambda p: p.grad("z", at=3),
                                 lambda p: p.jvp("z", along=3), lambda p: p.grad(None)],
                                 ids=range(7))  # fmt: skip
def test_a_wrong_python_type_is_a_type_error_or_an_error_of_the_language(act: Any) -> None:
    program = lang.parse("x = ? 2\nz = x * x")
    with pytest.raises((TypeError, AttributeError, lang.AdError)):
        act(program)


@pytest.mark.parametrize("name", ["_x", "__wrapped__", "nothing", "gard"])
def test_a_program_has_no_other_attributes(name: str) -> None:
    with pytest.raises(AttributeError):
        getattr(lang.parse("x = 1"), name)


@pytest.mark.parametrize("text",
                         ["x = ? 1\nz = x\ngrad z at x = ?", "x = ? 1\nz = x\njvp z along x = ?",
                          "x = ? 1\nz = x\ngrad z grad z", "grad", "grad grad", "grad z by",
                                  "grad z wrt", "x = ? 1\nz = x\ngrad z wrt x wrt x",
                                  "x = ? 1\nz = x\ngrad z at x = 1 at x = 2",
                                  "x = ? 1\nz = x\ngrad z at x = 1, x = 2", "grad 3",
                                  "x = ? 1\nz = x\ngrad z as as", "x = ? 1\nz = x\nrules sine",
                                  "rules __class__", "x = ? 1\ngrad x", "x = ? 1\ngrad x wrt x",
                                  "grad z at x = 1 < 2",
                                  "x = ? 1\nz = x\nfor i in range(2):\n  grad z", "f(x) = grad z",
                                  "x = ? 1\nz = x\ngrad z at x = 1 < 2",
                                  "x = ? 1\nz = x\njvp z along x = 1 / 0",
                                  "x = ? 1\nz = x\njvp z along x = 1, x = 2",
                                  "x = ? 1\nz = x\nvjp z, z along z = 1", "x = ? 1\nz = x\njacobian z, z",
                                  "x = ? 1\nif x > 2: z = x\ngrad z"])  # fmt: skip
def test_odd_commands_end_in_an_answer_or_an_error(text: str) -> None:
    verdict(text)


@pytest.mark.parametrize("text",
                         ["f(x) = x\nc = f(x) => dc = dc", "f(x) = x\nc = f(c) => dc = dc",
                          "f(x) = x\nx = f(x) => dx = dx", "f(x) = x\nc = f(x, x) => dc = dx",
                                  "c = f(x) => dc = dx", "c = sin(x) => dc = dx",
                                  "f(x) = x\nc = f(x) => dc = f'(x) * dx\nz = f'(1)",
                                  "f(x) = x\nc = f(x) => dc = c * dx fixed x\nz = f'(1)",
                                  "f(x) = x\nc = f(x) => dc = 0\nz = f'(1)",
                                  "f(x) = x\nc = f(x) => dc = dx if x > 0 else 0\nz = f'(1)",
                                  "f(x) = x\nc = f(x) => dc = log(-1) * dx\nz = f'(1)",
                                  "f(x) = x\nc = f(x) => dc = q * dx\nz = f'(1)",
                                  "f(x) = x\nc = f(x) => dc = dx domain x > 5\nz = f'(1)",
                                  "f(x) = 1 < x\nc = f(x) => dc = dx\nz = f'(1)",
                                  "def f(x):\n  return x, x\nc = f(x) => dc = dx",
                                  "f() = 1\nc = f() => dc = 0", "f(x) = f(x)\nc = f(x) => dc = dx\nz = f'(1)",
                                  "f(dx) = dx\nc = f(dx) => dc = ddx\nz = f'(1)",
                                 "f(u, du) = u * du\nc = f(u, du) => dc = du * du + u * ddu\nz = f'[u](2, 3)",
                                  "f(d) = d\nc = f(d) => dc = dd\nz = f'(1)",
                                  "f(c) = c\nc = f(c) => dc = dc\nz = f'(1)",
                                  "if 1 < 2:\n  f(x) = x", "def f(x):\n  def g(y):\n    return y\n  return x",
                                  "def f(x):\n  f = 3\n  return f(x)", "f(f) = f(f)", "f(x) = x\nf += 1",
                                  "f(sin) = sin(1)\nz = f(2)",
                                  "f(x) = x\nf, g = 1, 2", "for f in range(3): f(1)",
                                  "f(x) = y\nz = f'(1)\ny = 2", "f(x) = x'(1)", "z = 3'(1)", "z = pi'(1)",
                                  "pi(x) = x\nz = pi(3)", "f(x) = x\nz = f'[y](1)",
                                  "f(x) = x\nz = f'[x, x](1)", "f(x, y) = x\nz = f''[x](1, 2)",
                                  "z = max'[c](1, 2)", "z = where'[p](1 < 2, 1, 2)",
                                  "z = where'[a](1 < 2, 1, 2)", "z = polygamma'[n](1, 2)",
                                  "z = +'(1)", "x = ? 1\nz = x // x % x ** -x", "z = sin'()",
                                  "z = sin'(1, 2)", "z = f'", "f(x) = x\nz = f'",
                                  "f() = 1\nz = f'()"])  # fmt: skip
def test_odd_functions_and_rules_end_in_a_value_or_an_error(text: str) -> None:
    verdict(text)


def test_parameters_that_look_like_differentials_are_told_apart() -> None:
    text = "f(x, dx) = x * dx\nc = f(x, dx) => dc = dx * dx + x * ddx\n"
    error = verdict(text + "z = f'[x](2, 3)")
    if error is None:
        assert lang.parse(text + "z = f'[x](2, 3)").run()["z"] == 3
    else:
        assert isinstance(error, lang.CheckError)
