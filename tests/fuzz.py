"""Random texts through everything: only errors of the language may come out, in bounded time.

    python -m tests.fuzz SECONDS [SEED]

Random characters, random words of the language, valid statements in any order, and valid programs with small
changes. A finding is printed with its seed and its text, and the exit code is 1."""

from __future__ import annotations

import itertools
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import lang
from tests.programs import generate

LIMITS = lang.Limits.untrusted()._replace(steps=30_000, seconds=2.0)
SLOW = 6.0
ROOT = Path(__file__).parents[1]

CHARACTERS = [
    *"xyzabf0129.eE+-*/%=<>!()[],;:?'#_^&|~@$\\`\"{}éθаﬁ１²×−∞π",
    "\n", "\n\n", "\t", "\r", "\r\n", " ", "  ", " ", "**", "//", "==", "<=", "!=", "''", "sin", "\u0301",
    "\u200b", "\u202e",
    "\ufeff", "\u2028", "\x00", "\x1b", "\x85", "\ud800", "\U0001f600",
]  # fmt: skip
WORDS = [
    *"xyzfgabcin012()()[],;:?'=+-*/%<>", "0.5", "1e3", "3", "-1", "//", "**", "==", "<=", ">=", "!=", "+=",
    "-=", "*=", "**=",
    "''", "=>", "dc", "da", "dx", "dy", "if", "elif", "else", "while", "for", "in", "range", "def", "return",
    "and", "or", "not",
    "grad", "hessian", "jacobian", "jvp", "vjp", "rules", "wrt", "at", "along", "by", "as", "forward",
    "reverse", "numeric",
    "text", "json", "sin", "cos", "exp", "log", "sqrt", "abs", "max", "min", "hypot", "where", "atan2",
    "gamma", "pi", "e",
    "domain", "kink", "fixed", "lecture", "vertical", "push", "pop", "True", "lambda", "import",
]  # fmt: skip
PRELUDE_PIECES = ["x = ? 2", "y = ? 0.5", "z = x", "b = x < y", "f(a) = a * a", "k(a, b) = a * b - x",
                  "def g(a):\n  return a, a * y",
                  "def h(n):\n  if n < 1:\n    return x\n  else:\n    return h(n - 1) * y"]  # fmt: skip
PRELUDE = "\n".join(PRELUDE_PIECES) + "\n"
LINES = [
    "z = x * y", "f(a) = a * sin(a)", "f(a) = a if a > y else z * a", "c = f(a) => dc = 2 * a * da",
    "c = k(a, b) => dc = b * da + a * db", "p, q = g(x)",
    "p, q = g'(z)", "if x > 1:\n  z = x\nelse:\n  z = 1", "if z > y:\n  z = z * y\nelif z < 0: w = z",
    "while z < 9: z = z * z + x + 1", "for i in range(3): z = z * x",
    "for i in range(3):\n  z = sin(z) + i\n  if z > x: y = z", "grad z", "hessian z wrt x", "z = f'(x)",
    "z += f(f(x))", "z = f''(z) + f'(y)", "jvp z along x = 1, y = z", "vjp z along z = x",
    "grad z at x = 3 by forward", "grad z wrt y by numeric", "b = x < y and not z > 1", "z = x if b else y",
    "x, y = y, x", "z", "x < y < z", "z = h(3)", "z = h'(2)", "z = sin''(x)",
    "z = k'[a, b](x, y)", "z = k'[a](z, y) * k(x, z)", "h(n) = x * n", "x = x", "u = abs(z) ** 0.5", "e = 2",
    "z = abs(x - 2) + max(x, 2)", "z = sqrt(x - 2)", "z = log(y)", "z = hypot(x, z) / (1 + z * z)",
    "k(a, b) = f'(a) + b", "g(a) = f(k(a, a))", "u = 1 / (x - 2)", "z = mod(z, y) + x // 2 + x % 3",
    "for i in range(x): z += y", "grad z by numeric", "grad z wrt i", "while b: b = z > x * 0",
    "z = z if x < 1 else (z if b else y)",
    "z = where(b, x, y)", "z *= gamma(x)", "y = round(z)", "jacobian z, x wrt y", "rules sin, mul",
]  # fmt: skip


def by_characters(rng: random.Random) -> str:
    return "".join(rng.choice(CHARACTERS) for _ in range(rng.randrange(60)))


def by_words(rng: random.Random) -> str:
    text = "".join(
        rng.choice(WORDS) + rng.choice(("", " ", " ", " ", "\n", "\n  ")) for _ in range(rng.randrange(30))
    )
    return PRELUDE * rng.randrange(2) + text


def by_lines(rng: random.Random) -> str:
    return PRELUDE + "\n".join(rng.choice(LINES) for _ in range(rng.randrange(1, 14))) + "\n"


def by_bytes(rng: random.Random) -> str:
    return rng.randbytes(rng.randrange(80)).decode(
        "utf-8", rng.choice(("surrogateescape", "replace", "ignore"))
    )


def corpus() -> list[str]:
    """Valid programs: the project's own cases and examples, and generated ones."""
    files = [*ROOT.glob("tests/cases/**/*.ad"), *ROOT.glob("examples/**/*.ad")]
    texts = [path.read_text(encoding="utf-8", errors="surrogateescape")[:3000] for path in files]
    return texts + [generate(seed).text for seed in range(60)] + [PRELUDE + "\n".join(LINES[::2])]


def mutate(text: str, rng: random.Random) -> str:
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        at = rng.randrange(len(text) + 1)
        end = min(len(text), at + rng.choice((0, 1, 1, 2, 5, 20)))
        kind = rng.randrange(5)
        piece = (
            rng.choice(WORDS)
            if kind == 0
            else rng.choice(CHARACTERS)
            if kind == 1
            else text[at:end] * 2
            if kind == 2
            else ""
        )
        if kind == 4:
            start = rng.randrange(len(text) + 1)
            piece = text[start : start + rng.randrange(30)]
        text = text[:at] + piece + text[end:]
    return text


def judge(text: str) -> str:
    """Do everything with a text; the kind of its end."""
    ends = []
    for act in acts(text):
        try:
            act()
            ends.append("ok")
        except lang.AdError as error:
            error.render()
            str(error)
            ends.append(type(error).__name__)
    return ends[0]


def acts(text: str) -> list[Callable[[], object]]:
    def whole() -> None:
        program = lang.parse(text, limits=LIMITS)
        at = dict.fromkeys(program.inputs, 0.7)
        assert (
            lang.parse(str(program), limits=LIMITS._replace(source_chars=10**7, nesting=1000)).names
            == program.names
        )
        program.run(at=at)
        for name in program.names[-2:]:
            values = [
                program.ask("grad", name, by=by, at=at) for by in ("reverse", "forward") if program.inputs
            ]
            if values and not values[0].notes:
                agree(values[0].value, values[1].value)
            if program.inputs:
                program.ask("hessian", name, at=at)

    def session() -> None:
        one = lang.Session(limits=LIMITS, ask=lambda name, default: 0.7)
        outcome = one.run(text)
        for each in outcome.notes:
            str(each.line)
        after = one.run("fresh_name = 20 + 22\nfresh_name")
        assert after.error is None, after.error
        assert after.shown[-1].values == (42.0,)  # type: ignore[union-attr]
        for name, value in list(one.values.items())[:8]:
            if name.isidentifier():
                again = one.run(name)
                assert again.error is None, (name, again.error)
                assert again.shown[0].values == (value,), (name, value, again)  # type: ignore[union-attr]
        if outcome.error is not None:
            raise outcome.error

    return [whole, session]


def agree(one: dict[str, float], other: dict[str, float]) -> None:
    for name, slope in one.items():
        scale = max(1.0, *(abs(each) for each in one.values()))
        assert abs(slope - other[name]) <= 1e-9 * scale or scale > 1e6, ("reverse and forward", one, other)


def texts(seed: int) -> str:
    """The text of a seed."""
    rng = random.Random(seed)
    kind = rng.randrange(12)
    if kind < 8:
        return (by_characters, by_words, by_bytes, by_lines, by_lines, by_lines, by_lines, by_lines)[kind](
            rng
        )
    return mutate(by_lines(rng) if kind < 10 else rng.choice(CORPUS), rng)


CORPUS = corpus()


def main() -> int:
    """Run until the time is over; the number of findings."""
    seconds, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(10**9)
    end = time.monotonic() + seconds
    ends: Counter[str] = Counter()
    findings: Counter[str] = Counter()
    for number in itertools.count(seed):
        if time.monotonic() > end:
            break
        text, before = texts(number), time.monotonic()
        try:
            ends[judge(text)] += 1
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            key = f"{type(error).__name__} {Path(where.filename).name}:{where.lineno}"
            findings[key] += 1
            if findings[key] == 1:
                print(f"--- seed {number}: {key}: {error!s:.300}\n{text!r}\n", flush=True)
        if time.monotonic() - before > SLOW:
            findings["slow"] += 1
            print(f"--- seed {number}: slow, {time.monotonic() - before:.1f} s\n{text!r}\n", flush=True)
    print(f"{sum(ends.values())} texts from seed {seed}: {dict(ends.most_common())}")
    print(f"findings: {dict(findings) or 'none'}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
