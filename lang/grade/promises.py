"""Text with `# => value` comments -> what it promises, and whether the language keeps it.

Law: a promise is compared digit by digit as far as it is written, so a reader can take it as it stands.

A program is run as a person types it: a statement or block at a time. Behind or under a statement stands

    z = x * y                   # => 6                          its value, as far as the digits go
    grad z                      # => dz/dx = 3, dz/dy = 2       lines of an answer
    hessian z                   # => dx: 0, 1                   a row of a table; the next row under it
    grad abs_x                  # => note: abs(0) is a kink     words of a note
    log(-1)                     # => error: log(-1) is not a real number
                                # => help: log(a) is defined for a > 0
    # ad grad z                 # => dz/dx = 3                  a question that is no part of the program

(words behind four blanks, like these, are for readers only)

A comment `# inputs: x=0.5 y=4.2` supplies inputs. `1.23…` promises the digits before the dots, `1.23` the
rounded number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lang.session import Outcome, Session

PROMISE = re.compile(r"#\s*=>\s?(.*)$")
QUESTION = re.compile(r"# ad (.*)$")
INPUTS = re.compile(r"^#\s*inputs:(.*)$", re.MULTILINE)
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf\b|nan\b)(?:…|\.\.\.)?")
CONTINUES = ("elif", "else")


@dataclass
class Chunk:
    """A statement or block, with what is promised of it; `line` is where it begins, from 1."""

    line: int
    text: str
    promises: list[str] = field(default_factory=list)


def chunks(text: str) -> Iterator[Chunk]:
    """The statements and blocks of a program, with the promises behind and under each."""
    current: Chunk | None = None
    open_brackets = 0
    for number, line in enumerate(text.splitlines(), 1):
        promise = PROMISE.search(line)
        code = (line[: promise.start()] if promise else line).rstrip()
        question = QUESTION.match(code)
        if question:
            code = question[1]
        elif code.startswith("#"):
            code = ""
        bare = code.split("#")[0]
        fresh = bare and not bare[0].isspace() and not open_brackets and bare.split(":")[0].split()[0] not in CONTINUES
        if fresh:
            if current:
                yield current
            current = Chunk(number, code)
        elif current and code:
            current.text += "\n" + code
        open_brackets += sum(bare.count(each) for each in "([") - sum(bare.count(each) for each in ")]")
        if promise and current:
            current.promises.append(promise[1].strip())
    if current:
        yield current


def inputs(text: str) -> dict[str, float]:
    """The inputs that the text's header supplies."""
    found = INPUTS.search(text)
    pairs = (each.split("=") for each in (found[1].split() if found else ()))
    return {name: float(value) for name, value in pairs}


def broken(text: str) -> list[str]:
    """Every promise of a program that does not hold, in words; empty where all hold."""
    return [each for _, found in verdicts(text) for each in found]


def verdicts(text: str) -> Iterator[tuple[int, list[str]]]:
    """The line of each statement that promises something, or fails, with what does not hold of it, in words."""
    session = Session(inputs=inputs(text))
    for chunk in chunks(text):
        outcome = session.run(chunk.text + "\n")
        found: list[str] = []
        expects_error = any(each.startswith("error:") for each in chunk.promises)
        if outcome.error is not None and not expects_error:
            found.append(f"line {chunk.line}: {outcome.error.render()}")
        where = f"line {chunk.line}: {chunk.text.splitlines()[0]}"
        found += [f"{where}: {each}" for each in _unkept(chunk.promises, outcome)]
        if found or chunk.promises:
            yield chunk.line, found


def count(text: str) -> int:
    """How many promises a program makes."""
    return sum(len(chunk.promises) for chunk in chunks(text))


# --- one statement --------------------------------------------------------------------------------


def _unkept(promises: list[str], outcome: Outcome) -> list[str]:
    notes = [note.message for note in outcome.notes]
    notes += [note.message for each in outcome.shown for note in getattr(each, "notes", ())]
    facts = [fact for each in outcome.shown for fact in _facts(each)]
    said = f"{facts} {notes} {outcome.error or ''}"
    if not outcome.shown and outcome.values:
        facts = [("value", (list(outcome.values.values())[-1],))]
    found: list[str] = []
    for promise in promises:
        word, _, rest = promise.partition(": ")
        if word == "note":
            held = any(rest in note for note in notes)
        elif word in ("error", "help"):
            error = outcome.error
            held = error is not None and rest == (error.message if word == "error" else error.hint)
        else:
            held = _holds(promise, facts) or _holds(re.split(r"\s{4,}", promise)[0], facts)
        if not held:
            found.append(f"promised {promise!r}, got {said}")
    return found


Fact = tuple[str, tuple[Any, ...]]


def _facts(each: Any) -> list[Fact]:
    """What a shown thing says: labels and values; `value` of an expression, `line` of the language."""
    if not hasattr(each, "pieces"):
        return [("value", each.values)]
    found: list[Fact] = []
    for piece in each.pieces:
        if hasattr(piece, "text"):
            found += [("line", (" ".join(line.split()),)) for line in piece.text.splitlines()]
        elif hasattr(piece, "columns"):
            found += [(str(row[0]), tuple(row[1:])) for row in piece.rows]
        else:
            found += [(name, (value,)) for name, value in piece.rows]
    return found


def _holds(promise: str, facts: list[Fact]) -> bool:
    """Does what is promised stand in the facts? Values of expressions are used up in order."""
    if ("line", (" ".join(promise.split()),)) in facts:
        return True
    label, colon, rest = promise.partition(": ")
    if colon:
        return any(name.strip("/").startswith(label) and same_values(rest, values) for name, values in facts)
    if " = " in promise:
        pairs = [each.split(" = ") for each in promise.split(", ")]
        return all(any(name == left and same_values(right, values) for name, values in facts) for left, right in pairs)
    for place, (name, values) in enumerate(facts):
        if name == "value":
            if same_values(promise, values):
                del facts[: place + 1]
                return True
            return False
    return False


# --- numbers --------------------------------------------------------------------------------------


def same_values(text: str, values: tuple[Any, ...]) -> bool:
    """Are these the values, as far as the digits go?"""
    written = [each.strip() for each in text.split(",")]
    return len(written) == len(values) and all(map(same_value, written, values))


def same_value(text: str, value: Any) -> bool:
    """Is this the value, as far as the digits go? An integer is meant exactly, but for rounding errors."""
    if isinstance(value, bool) or text in ("true", "false"):
        return isinstance(value, bool) and text == str(value).lower()
    if isinstance(value, str):
        return text == value
    if text in ("inf", "-inf", "nan"):
        return text == str(float(value))
    digits = text.rstrip("….")
    try:
        wanted = float(digits)
    except ValueError:
        return False
    return bool(abs(wanted - value) <= _tolerance(digits, wanted, cut=digits != text))


def _tolerance(digits: str, wanted: float, cut: bool) -> float:
    """Half a unit in the last written place, one where digits are cut; never less than rounding errors."""
    mantissa, _, exponent = digits.lower().partition("e")
    if "." not in mantissa and not exponent:
        return 1e-12 * max(1.0, abs(wanted))
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return float(max(unit * (1.0 if cut else 0.51), 1e-14 * abs(wanted)))


def same_text(wanted: str, got: str) -> bool:
    """Are two lines equal, their numbers as far as the digits of the first go, their blanks aside?"""
    if " ".join(NUMBER.sub("#", wanted).split()) != " ".join(NUMBER.sub("#", got).split()):
        return False
    written, found = NUMBER.findall(wanted), NUMBER.findall(got)
    return all(one == other or same_value(one, float(other)) for one, other in zip(written, found, strict=True))
