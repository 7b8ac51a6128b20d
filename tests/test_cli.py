"""The command line as a process: what is typed -> stdout, stderr and the exit code that a shell sees.

The cases in `cases/run` are whole programs with all a person would see; the tests here are about the ways in and out.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path

import pexpect
import pytest

from lang.cli import console

ROOT = Path(__file__).resolve().parents[1]
CASES = sorted((ROOT / "tests/cases/run").glob("*.ad"))
PLAIN = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "AD_HISTORY")}
ENVIRONMENT = {**PLAIN, "PYTHONPATH": str(ROOT), "TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
LECTURE = "x = ?\ny = ?\na = x * y\nb = sin(x)\nz = a + b\n"
ENDLESS = "while 1 < 2:\n    q = 1"
COMMAND = [sys.executable, "-m", "lang"]


def ad(*words: str, stdin: str | bytes = "", cwd: Path | None = None, **environment: str) -> Ended:
    """Run `ad` to its end."""
    data = stdin if isinstance(stdin, bytes) else stdin.encode()
    done = subprocess.run(
        [*COMMAND, *words],
        input=data,
        capture_output=True,
        cwd=cwd,
        env={**ENVIRONMENT, **environment},
        timeout=120,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


class Ended:
    """What a process left."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    def __repr__(self) -> str:
        return f"[{self.code}]\n{self.out}\n{self.err}"


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder with the lecture's program in it."""
    (tmp_path / "lecture.ad").write_text(LECTURE)
    return tmp_path


# --- whole programs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_person_sees(case, golden):
    found = re.match("# args: (.*)", case.read_text())
    words = found[1].split() if found else []
    words = (
        [case.name if word == "FILE" else word for word in words] if "FILE" in words else ["run", case.name, *words]
    )
    done = ad(*words, cwd=case.parent)
    golden(case, done.out + (f"[stderr]\n{done.err}" if done.err else "") + f"[exit {done.code}]")


# --- ways in ----------------------------------------------------------------------------------------------------


def test_the_same_program_by_every_way_in(room):
    ways = [
        ad("run", "lecture.ad", "x=.5", "y=4.2", cwd=room),
        ad("lecture.ad", "x=.5", "y=4.2", cwd=room),
        ad("run", "-", "x=.5", "y=4.2", stdin=LECTURE),
        ad("-", "x=.5", "y=4.2", stdin=LECTURE),
        ad("-c", LECTURE, "x=.5", "y=4.2"),
        ad("run", "-c", LECTURE, "x=.5", "y=4.2"),
    ]
    assert [(each.code, each.out, each.err) for each in ways] == [(0, "z = 2.579425538604203\n", "")] * len(ways)


def test_without_words_a_pipe_is_a_program():
    assert ad(stdin="x = 3; x**2").out == "x**2 = 9\n"
    assert (ad(stdin="").code, ad(stdin="").out) == (0, "")


def test_options_may_stand_anywhere(room):
    one = ad("--json", "grad", "--wrt", "x", "lecture.ad", "x=1", "z", "y=2", cwd=room)
    other = ad("grad", "lecture.ad", "z", "x=1", "y=2", "--wrt=x", "--json", cwd=room)
    assert one.out == other.out
    assert one.code == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", 2),
        ("-1e3", -1000),
        ("+.5", 0.5),
        ("1_000", 1000),
        ("pi/2", 1.5707963267948966),
        ("2**-1", 0.5),
        (" 3 ", 3),
        ("5e-324", 5e-324),
    ],
)
def test_an_input_is_a_number_or_a_constant_expression(text, value):
    assert json.loads(ad("-c", "x = ?", f"x={text}", "--json").out)["values"] == {"x": value}


@pytest.mark.parametrize(
    "text",
    [
        "two",
        "nan",
        "inf",
        "1e999",
        "1/0",
        "1;2",
        "x=3",
        "?",
        "1<2",
        "1,2",
        "while 1<2:\n q=1",
        "٣",
        "9**9**9**9",
        "0x10",
        "\x1b[31m",
    ],
)
def test_what_is_no_finite_number_is_refused_by_name(text):
    done = ad("-c", "x = ?; x", f"x={text}")
    assert done.code == 2
    assert done.err.startswith("error: the input `x` takes a finite real number")
    assert "\x1b" not in done.err


def test_a_decimal_comma_is_told_the_point():
    assert "a number has a decimal point: `x=2.5`" in ad("-c", "x = ?; x", "x=2,5").err


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("grad z lecture.ad x=1 y=2", "`ad grad lecture.ad z`"),
        ("grad lecture.ad z x = 1 y = 2", "write `ad grad lecture.ad z x=1 y=2`"),
        ("grad lecture.ad z x=1,y=2", "write them apart: `x=1 y=2`"),
        ("grad lecture.ad z wrt x at x=1, y=2", "write `ad grad lecture.ad z --wrt x x=1 y=2`"),
        ("grad lecture.ad z --x 1", "an input is written without dashes: `x=2`"),
        ("gradd lecture.ad z", "did you mean `ad grad`?"),
        ("sin(3)+4", "write `ad -c 'sin(3)+4'`"),
    ],
)
def test_words_of_a_program_on_the_command_line_are_told_as_they_should_be(room, words, advice):
    done = ad(*words.split(), cwd=room)
    assert done.code == 2
    assert advice in done.err


def test_names_of_inputs_are_read_as_the_language_reads_them():
    assert ad("-c", "ﬁ = ?; 2 * ﬁ", "fi=3").out.endswith("= 6\n")


def test_inputs_from_a_file_and_the_command_line_wins(room):
    (room / "point.json").write_text('{"x": 2, "y": 3}')
    assert ad("run", "lecture.ad", "--inputs", "point.json", cwd=room).out == "z = 6.909297426825682\n"
    assert ad("lecture.ad", "--inputs", "point.json", "y=0", cwd=room).out == "z = 0.9092974268256817\n"
    assert ad("lecture.ad", "--inputs", "-", stdin='{"x": 2, "y": 3}', cwd=room).out == "z = 6.909297426825682\n"


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ('{"x": 2,\n "y": "3"}', "p.json:2:2", "`y`"),
        ('{"x": 2,\n "w": 3}', "p.json:2:2", "`w`"),
        ('{"x" 2}', "p.json:1:6", "JSON"),
        ('{"x": 1, "x": 2}', "p.json:1:10", "twice"),
        ("[1]", "p.json:1:1", "object"),
        ('{"x": NaN}', "p.json:1:2", "`x`"),
        ('{"x": true}', "p.json:1:2", "`x`"),
        ('{"x": 1' + "0" * 400 + "}", "p.json:1:2", "`x`"),
        ("", "p.json", "JSON"),
        ("[" * 100_000, "p.json", "object"),
        ('{"x": 1' + "0" * 5000 + "}", "p.json", "object"),
        ('{"\\u001b[31m": 1}', "p.json", "␛"),
    ],
)
def test_a_wrong_file_of_inputs_is_shown_where_it_is_wrong(room, text, place, word):
    (room / "p.json").write_text(text)
    done = ad("lecture.ad", "--inputs", "p.json", cwd=room)
    assert (done.code, done.out) == (2, "")
    assert place in done.err
    assert word in done.err
    assert "\x1b" not in done.err


# --- verbs ------------------------------------------------------------------------------------------------------


def test_every_verb_of_the_registry_is_a_command(room):
    from lang.verbs.core import registry

    for name in registry.names():
        verb = registry.verb(name)
        words = [] if verb.free else ["lecture.ad", *(["z"] if verb.targets[1] != 0 else [])]
        along = (
            ["--along", {"vjp": "z=1"}.get(name, "x=1")]
            if "along" in verb.clauses and "along" in verb.example
            else []
        )
        wrt = ["--wrt", "x"] if "wrt" in verb.clauses else []
        inputs = ["x=1", "y=2"] if "at" in verb.clauses else []
        done = ad(name, *words, *inputs, *along, *wrt, "--json", cwd=room)
        assert done.code == 0, (name, done)
        assert json.loads(done.out)["shown"][0]["verb"] == name


def test_a_verb_answers_about_a_file_a_text_and_stdin(room):
    ways = [
        ad("grad", "lecture.ad", "z", "x=2", "y=3", cwd=room),
        ad("grad", "-c", LECTURE, "z", "x=2", "y=3"),
        ad("grad", "-", "z", "--at", "x=2,y=3", stdin=LECTURE),
    ]
    assert {each.out for each in ways} == {"z     = 6.909297426825682\ndz/dx = 2.5838531634528574\ndz/dy = 2\n"}


def test_targets_may_be_listed_with_commas_or_blanks(room):
    ways = [
        ad("jacobian", "lecture.ad", *words, "x=1", "y=2", cwd=room).out
        for words in (["a", "z"], ["a,z"], ["a,", "z"])
    ]
    assert len(set(ways)) == 1


def test_rules_need_no_file():
    assert (
        ad("rules", "sin,", "mul").out == "c = sin(a)  =>  dc = cos(a) * da\nc = a * b   =>  dc = b * da + a * db\n"
    )


def test_directions_and_forms(room):
    point = ("lecture.ad", "z", "x=1", "y=2")
    assert (
        ad("jvp", *point, "--along", "x=1,y=0", cwd=room).out == "z  = 2.8414709848078967\ndz = 2.5403023058681398\n"
    )
    assert ad("jvp", *point, "--along", "x=1", "--along", "y=0", "--as", "csv", cwd=room).out.startswith(
        "name,value\nz,2.84"
    )
    assert json.loads(ad("grad", *point, "--as", "json", cwd=room).out)["wrt"] == {"x": 2.5403023058681398, "y": 1.0}


# --- wrong command lines ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said", "advice"),
    [
        ("grda lecture.ad", "there is no command or file `grda`", "`ad grad`"),
        ("lecture", "there is no command or file `lecture`", "`lecture.ad`"),
        ("lectrue.ad", "there is no file `lectrue.ad`", "`lecture.ad`"),
        ("run lectrue.ad", "there is no file `lectrue.ad`", "`lecture.ad`"),
        ("run no/such.ad", "there is no file `no/such.ad`", "no folder `no`"),
        ("run .", "`.` is a folder", "lecture.ad"),
        ("x=2", "to which program?", "`ad FILE x=2`"),
        ("run", "which program?", "ad run FILE"),
        ("grad", "which program?", "ad grad FILE z"),
        ("grad x=2", "which program?", "ad grad FILE z"),
        ("fmt", "which files?", "ad fmt"),
        ("fmt .", "`.` is a folder", "ad fmt ./*.ad"),
        ("run lecture.ad x=1 xx=2", "no input `xx`", "its inputs are x, y"),
        ("grad lecture.ad w x=1 y=2", "no name `w`", "its names are a, b, x, y, z"),
        ("run lecture.ad x= 2", "not a name and a number", "without blanks"),
        ("run lecture.ad x=1 x=2", "the input `x` is given twice", ""),
        ("run lecture.ad z", "`z` is not a name and a number", "x=2"),
        ("grad lecture.ad", "asks about one name, here is none", "ad grad FILE z"),
        ("grad lecture.ad a z", "asks about one name, here are 2", "ad grad FILE z"),
        ("grad lecture.ad q", "no name `q`", ""),
        ("grad lecture.ad z x=1 y=2 --by revrse", "goes by", "`reverse`"),
        ("grad lecture.ad z x=1 y=2 --as jsn", "can be shown as", "`json`"),
        ("grad lecture.ad z --along x=1", "takes no `--along`", "ad help grad"),
        ("run lecture.ad --wrt x", "takes no `--wrt`", "a verb"),
        ("fmt lecture.ad --ieee", "takes no `--ieee`", "ad run"),
        ("rules sin x=2", "takes no `x=2`", ""),
        ("rules sine", "no rule for `sine`", ""),
        ("--jsn -c 1", "the option `--jsn`", "`--json`"),
        ("-c", "`-c` needs a value", "-c TEXT"),
        ("-c 1 --color=maybe", "`--color` is auto, always, never", ""),
        ("-c 1 --json=1", "`--json` takes no value", ""),
        ("-c 1 --limit stps=2", "no limit `stps`", "`steps`"),
        ("-c 1 --limit steps=many", "the limit `steps` takes a number", "steps=1000"),
        ("-c 1 --limit steps=-1", "the limit `steps` takes a number", ""),
        ("-c 1 -c 2", "`-c` is given twice", ""),
        ("help nonsense", "no help for `nonsense`", "`ad help`"),
        ("help sine", "no help for `sine`", "`ad help sin`"),
        ("version 2", "stands alone", ""),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line_with_advice(room, line, said, advice):
    done = ad(*line.split(), cwd=room)
    first, *rest = done.err.splitlines()
    assert (done.code, done.out) == (2, ""), done
    assert first.startswith("error: ")
    assert said in first
    assert advice in "".join(rest)


def test_files_with_hostile_names_run_and_are_named_safely(room):
    for name in ("-weird.ad", "two words.ad", "new\nline\x1b[31m.ad", "a=b.ad", "grad", "\u202egnp.ad"):
        (room / name).write_text(LECTURE)
        good = ad("run", "--", name, "x=1", "y=2", cwd=room)
        assert (good.code, good.out) == (0, "z = 2.8414709848078967\n"), good
        bad = ad("run", "--no-input", "--", name, cwd=room)
        assert bad.code == 3
        assert "\x1b" not in bad.err
        assert "\u202e" not in bad.err
        assert len(bad.err.splitlines()) == 7
    assert "./-weird.ad" in ad("-weird.ad", cwd=room).err
    assert "`ad run grad`" in ad("grad", cwd=room).err


@pytest.mark.parametrize(
    "data",
    [b"\x00\x01\xff", b"\x89PNG\r\n\x1a\n\x00", b"\xff\xfex\x00=\x001\x00", b"x = 1 # \x1b[31m", b"x = \x9b31m"],
)
def test_a_file_that_is_no_text_is_a_clean_error(room, data):
    (room / "odd.ad").write_bytes(data)
    done = ad("run", "odd.ad", cwd=room)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: ")
    assert "odd.ad:1:" in done.err
    assert "\x1b" not in done.err


def test_a_device_without_end_is_not_read_without_end():
    done = ad("run", "/dev/zero", "--untrusted")
    assert done.code == 1
    assert "too" in done.err or "long" in done.err


def test_an_unreadable_file_is_a_clean_error(room):
    (room / "locked.ad").write_text("1")
    (room / "locked.ad").chmod(0)
    if os.access(room / "locked.ad", os.R_OK):
        pytest.skip("this user (root) may read every file")
    assert ad("run", "locked.ad", cwd=room).code == 2


# --- ways out ---------------------------------------------------------------------------------------------------


def test_results_go_to_stdout_and_all_else_to_stderr():
    done = ad("-c", "x = ?; q = abs(x); grad q; 1/x", "x=0")
    assert done.out == "q     = 0\ndq/dx = 0\n"
    assert [line for line in done.err.splitlines() if not line.startswith(" ")][:2] == [
        "note: abs(0) is a kink: the derivative is -1 below and 1 above; used 0",
        "error: 1 / 0 is not a real number",
    ]
    assert done.code == 1


def test_json_is_one_object_with_everything_and_stderr_is_empty():
    done = ad("-c", "x = ?; q = abs(x); grad q; x > 1, 1/x", "x=0", "--ieee", "--json")
    assert done.err == ""
    report = json.loads(done.out, parse_constant=lambda word: pytest.fail(word))
    assert list(report) == ["schema", "ok", "values", "shown", "notes", "diagnostics"]
    assert report["schema"] == "adlang/1"
    assert report["ok"] is True
    assert report["values"] == {"x": 0, "q": 0}
    assert report["shown"][0]["verb"] == "grad"
    assert report["shown"][0]["of"] == "q"
    assert report["shown"][0]["wrt"] == {"x": 0}
    assert report["shown"][1] == {"text": "x > 1, 1/x", "values": [False, "inf"], "line": 1}
    (note,) = report["notes"]
    assert (note["kind"], note["line"], note["sides"]) == (
        "kink",
        1,
        [{"by": "a", "used": 0.0, "below": -1.0, "above": 1.0}],
    )
    assert report["diagnostics"] == []


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (("-c", "sine(2)"), 1, "CheckError"),
        (("-c", "x = ?"), 3, "MissingInput"),
        (("no.ad",), 2, "UsageError"),
        (("grad", "-c", "x = ?; z = x", "q", "x=1"), 2, "CommandError"),
        (("-c", "1/0"), 1, "DomainError"),
    ],
)
def test_json_tells_errors_too(words, code, kind):
    done = ad(*words, "--json")
    report = json.loads(done.out)
    assert (done.code, done.err, report["ok"]) == (code, "", False)
    assert [each["kind"] for each in report["diagnostics"]] == [kind]


def test_an_error_in_another_line_of_the_call_is_shown_with_both_places():
    error = ad("-c", "f(t) = log(t)\ny = f(-2)").err
    assert "<command>:1:8" in error
    assert "called from here" in error


def test_colours_follow_the_option_and_the_environment(room):
    program = ("-c", "sine(2)")
    assert "\x1b[" not in ad(*program).err
    assert "\x1b[1;31merror: " in ad(*program, "--color", "always").err
    assert "\x1b[1;31merror: " in ad(*program, "--color=always", NO_COLOR="1").err
    for extra, environment, coloured in (
        ((), {}, True),
        ((), {"NO_COLOR": "1"}, False),
        ((), {"TERM": "dumb"}, False),
        (("--color", "never"), {}, False),
        ((), {"NO_COLOR": ""}, True),
    ):
        seen = pexpect.run(" ".join(map(_quoted, [*COMMAND, *program, *extra])), env={**ENVIRONMENT, **environment})
        assert (b"\x1b[" in seen) == coloured, (extra, environment)
    assert ad("-c", "2", "--json", "--color", "always").out.startswith("{")


def _quoted(word: str) -> str:
    return f"'{word}'"


def test_a_reader_that_goes_away_is_no_error():
    process = subprocess.Popen([*COMMAND, "-c", "2"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(60) in (0, 141)
    assert process.stderr.read() == b""
    process.stderr.close()


@pytest.mark.parametrize(("closing", "code"), [(">&-", 0), ("2>&-", 0), ("<&-", 0), (">&- 2>&- <&-", 0)])
def test_closed_streams_are_lived_with(closing, code):
    done = subprocess.run(
        f"{sys.executable} -m lang -c 'x = 2; x' {closing}",
        shell=True,
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_a_clean_error():
    done = subprocess.run(
        f"{sys.executable} -m lang -c 2 > /dev/full", shell=True, env=ENVIRONMENT, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (2, b"error: cannot write: No space left on device\n")


def test_a_stream_that_cannot_spell_a_letter_writes_its_number():
    done = ad("hessian", "-c", "x = ?; z = x**2", "z", "x=1", PYTHONIOENCODING="ascii")
    assert done.code == 0
    assert "d\\xb2z" in done.out


def test_ctrl_c_ends_an_endless_loop_with_130_within_a_second():
    process = subprocess.Popen(
        [*COMMAND, "-c", ENDLESS, "--limit", "steps=1000000000000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    time.sleep(1.5)
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - asked < 1
    assert (out, err) == (b"", b"")


def test_ctrl_c_while_a_part_of_python_is_made_ends_with_130_too(room):
    broken = "def broken(*args): exec('raise KeyboardInterrupt')"
    (room / "sitecustomize.py").write_text(f"import lang.entry\n{broken}\nlang.entry.prepare = broken\n")
    done = ad("-c", "2", PYTHONPATH=f"{room}{os.pathsep}{ROOT}")
    assert (done.code, done.out, done.err) == (130, "", "")


def test_an_internal_error_is_one_line_unless_debugged(room):
    (room / "sitecustomize.py").write_text(
        "import lang.entry\ndef broken(*args): raise RuntimeError('bad\\n\\x1b[31m luck')\n"
        "lang.entry.prepare = broken\n"
    )
    words = ("-c", "2")
    path = f"{room}{os.pathsep}{ROOT}"
    done = ad(*words, PYTHONPATH=path)
    assert (done.code, done.out) == (70, "")
    assert re.fullmatch(
        r"error: adlang has a fault: RuntimeError: bad [^\n\x1b]* luck. Please report it[^\n]*\n", done.err
    )
    assert "Traceback" in ad(*words, "--debug", PYTHONPATH=path).err


# --- at a terminal ----------------------------------------------------------------------------------------------


def spawn(*words: str, cwd: Path | None = None, **environment: str) -> pexpect.spawn:
    """`ad` in a pseudo-terminal."""
    return pexpect.spawn(
        sys.executable,
        ["-m", "lang", *words],
        env={**ENVIRONMENT, "NO_COLOR": "1", **environment},
        cwd=str(cwd) if cwd else None,
        encoding="utf-8",
        timeout=30,
        dimensions=(40, 100),
    )


def ended(child: pexpect.spawn) -> int | None:
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus


def test_a_missing_input_is_asked_for_until_it_is_a_number(room):
    child = spawn("grad", "lecture.ad", "z", "y=3", cwd=room)
    child.expect_exact("x = ? ")
    child.sendline("two")
    child.expect_exact("a number, please")
    child.expect_exact("x = ? ")
    child.sendline("pi/2")
    child.expect_exact("dz/dx = 3\r\n")
    assert ended(child) == 0


def test_a_default_needs_no_asking_and_ctrl_d_gives_up():
    child = spawn("-c", "k = ? 2; k")
    child.expect_exact("k = 2")
    assert ended(child) == 0
    child = spawn("-c", "x = ?; x")
    child.expect_exact("x = ? ")
    child.sendeof()
    child.expect_exact("error: the input `x` has no value")
    assert ended(child) == 3
    child = spawn("-c", "x = ?; x")
    child.expect_exact("x = ? ")
    child.sendintr()
    assert ended(child) == 130


def test_no_input_and_pipes_ask_nobody():
    child = spawn("-c", "x = ?; x", "--no-input")
    child.expect_exact("error: the input `x` has no value")
    assert ended(child) == 3
    assert ad("-c", "x = ?; x", stdin="3\n").code == 3


def test_the_repl_runs_statements_blocks_and_questions(tmp_path):
    history = tmp_path / "history"
    child = spawn(AD_HISTORY=str(history), PROMPT_TOOLKIT_NO_CPR="1")
    child.expect_exact("ad>")
    for typed, seen, prompt in (
        ("x = 3", "x = 3\r\n", "ad>"),
        ("y = (x +\r1)", "y = 4\r\n", "ad>"),
        ("x**2", "x**2 = 9\r\n", "ad>"),
        ("q = ?", "q =", "?"),
        ("pi/2\rq", "q = 1.5707963267948966\r\n", "ad>"),
        ("grad q", "dq/dq = 1\r\n", "ad>"),
        ("z = sine(x)", "did you mean `sin`?\r\n", "ad>"),
        ("s = 0", "s = 0\r\n", "ad>"),
        ("for i in range(3):\rs += i\r", "s = 3\r\n", "ad>"),
    ):
        child.send(typed + "\r")
        child.expect_exact(seen)
        child.expect_exact(prompt)
    child.send(":engine interpreter\r")  # machine code would come to the limit of steps too soon
    child.expect_exact("engine: interpreter\r\n")
    child.expect_exact("ad>")
    child.send("while 1 < 2:\rw = 1\r\r")
    while not termios.tcgetattr(child.child_fd)[3] & termios.ISIG:  # the line editor takes Ctrl-C as a key
        with contextlib.suppress(pexpect.TIMEOUT):
            child.expect_exact("never", timeout=0.05)
    child.sendintr()
    child.expect_exact("stopped\r\n")
    child.expect_exact("ad>")
    child.send("x\r")
    child.expect_exact("x = 3\r\n")
    child.expect_exact("ad>")
    child.send("\x04")
    assert ended(child) == 0
    assert history.stat().st_mode & 0o777 == 0o600
    assert "range(3)" in history.read_text()


# --- formatting -------------------------------------------------------------------------------------------------


def test_fmt_puts_files_in_form_and_leaves_those_that_are(room):
    loose, strict = room / "loose.ad", room / "strict.ad"
    loose.write_bytes(b"\xef\xbb\xbfx=?\r\n\r\n\r\n\r\ny  =  (2)*x # twice")
    strict.write_text("x = 1\n")
    before = strict.stat().st_mtime_ns
    assert (
        ad("fmt", "--check", "loose.ad", "strict.ad", cwd=room).out,
        ad("fmt", "--check", "loose.ad", cwd=room).code,
    ) == ("loose.ad\n", 1)
    assert ad("fmt", "loose.ad", "strict.ad", cwd=room).code == 0
    assert loose.read_bytes() == b"x = ?\n\ny = 2 * x  # twice\n"
    assert strict.stat().st_mtime_ns == before
    assert ad("fmt", "--check", "loose.ad", "strict.ad", cwd=room).code == 0
    assert sorted(each.name for each in room.iterdir()) == ["lecture.ad", "loose.ad", "strict.ad"]


def test_fmt_goes_on_after_a_file_that_is_no_program(room):
    (room / "bad.ad").write_text("x = ")
    (room / "loose.ad").write_text("x=1")
    done = ad("fmt", "bad.ad", "loose.ad", cwd=room)
    assert done.code == 1
    assert "bad.ad:1:" in done.err
    assert (room / "bad.ad").read_text() == "x = "
    assert (room / "loose.ad").read_text() == "x = 1\n"
    assert ad("fmt", "none.ad", "loose.ad", cwd=room).code == 2


def test_fmt_changes_the_file_behind_a_link_and_keeps_its_mode(room):
    real, link = room / "real.ad", room / "link.ad"
    real.write_text("x=1")
    real.chmod(0o640)
    link.symlink_to(real)
    assert ad("fmt", "link.ad", cwd=room).code == 0
    assert link.is_symlink()
    assert (real.read_text(), real.stat().st_mode & 0o777) == ("x = 1\n", 0o640)


def test_fmt_from_stdin_to_stdout():
    assert ad("fmt", "-", stdin="a=1;b=2 # two").out == "a = 1\nb = 2  # two\n"
    assert ad("fmt", "-", stdin="").out == ""
    assert ad("fmt", "-", "--check", stdin="a=1").code == 1


# --- help and start-up ------------------------------------------------------------------------------------------


def test_there_is_help_for_every_word():
    from lang.cli.assistance import TOPICS
    from lang.show import help as guide

    assert {*TOPICS, *guide.topics()} >= {"syntax", "kinks", "limits", "exit codes", "inputs", "json"}
    for words in (
        ("help",),
        ("--help",),
        ("help", "exit", "codes"),
        ("help", "grad"),
        ("grad", "--help"),
        ("help", "fmt"),
    ):
        done = ad(*words)
        assert (done.code, done.err) == (0, ""), words
        assert max(map(len, done.out.splitlines())) <= 110
    assert ad("help", "grad").out == ad("grad", "-h").out == ad("grad", "lecture.ad", "z", "--help").out
    assert ad("help").out == ad("-h").out == ad("lecture.ad", "--help").out
    assert "dc = cos(a) * da" in ad("help", "sin").out
    assert ad("help", "while").out == ad("help", "?").out == ad("help", "pi").out == ad("help", "syntax").out
    assert max(map(len, ad("help", "syntax").out.splitlines())) < 80
    assert "a first lesson" in ad("help", "tour").out


def test_the_version_is_the_distributions():
    from lang import __version__

    assert {ad("version").out, ad("--version").out, ad("version", "--color", "never").out} == {
        f"adlang {__version__}\n"
    }


@pytest.mark.parametrize(
    ("words", "absent"),
    [
        (
            ["version"],
            {
                "lark",
                "numpy",
                "scipy",
                "prompt_toolkit",
                "platformdirs",
                "argparse",
                "dataclasses",
                "typing",
                "lang.session",
                "lang.syntax",
                "lang.errors",
            },
        ),
        (
            ["run", "lecture.ad", "x=1", "y=2"],
            {
                "lark",
                "numpy",
                "scipy",
                "prompt_toolkit",
                "argparse",
                "sympy",
                "llvmlite",
                "shutil",
                "dataclasses",
                "inspect",
                "threading",
                "lang.program",
                "lang.verbs.grad",
                "lang.show.json",
                "lang.show.help",
                "lang.repl",
            },
        ),
        (
            ["grad", "lecture.ad", "z", "x=1", "y=2"],
            {
                "lark",
                "numpy",
                "scipy",
                "llvmlite",
                "prompt_toolkit",
                "difflib",
                "pkgutil",
                "dataclasses",
                "inspect",
                "threading",
                "lang.backend",
                "lang.compiled.function",
                "lang.compiled.together",
                "lang.compiled.units",
                "lang.evaluate.written",
                "lang.transform",
                "lang.verbs.core.numeric",
                "lang.verbs.core.programs",
                "lang.verbs.hessian",
            },
        ),
    ],
)
def test_a_start_imports_only_what_it_needs(room, words, absent):
    ad("run", "lecture.ad", "x=1", "y=2", cwd=room)
    text = f"import sys; from lang.cli import main; main({words!r}); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, env=ENVIRONMENT, cwd=room, check=True, text=True
    )
    assert absent & set(done.stderr.split()) == set()


@pytest.mark.parametrize(
    ("system", "chosen", "encoding"),
    [("nt", None, "utf-8"), ("nt", "cp1252", "cp1252"), ("posix", None, "cp1252")],
)
def test_a_program_written_to_a_file_on_windows_can_be_read_again(
    system: str, chosen: str | None, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if chosen:
        monkeypatch.setenv("PYTHONIOENCODING", chosen)
    else:
        monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    assert console.encoding_of(io.TextIOWrapper(io.BytesIO(), encoding="cp1252"), system) == encoding
