"""`:help`, `:save` and the others: a word and what follows it -> what it does to the talk.

Law: a command is one row of the table; help, completion and "did you mean" read the row.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import NamedTuple

from lang.diagnostic import Segment, segments
from lang.errors import AdError, CommandError
from lang.evaluate.settings import ENGINES
from lang.repl import files
from lang.repl.colours import CHOICES
from lang.repl.plain import Plain
from lang.repl.talk import Talk


class Command(NamedTuple):
    """A command: its name, what it takes, what it does, its function, and the words it takes if they are few."""

    name: str
    takes: str
    help: str
    do: Callable[[Talk, str], None]
    choices: tuple[str, ...] = ()


def command(talk: Talk, typed: str) -> None:
    """Do what a command says; what is wrong with it is said."""
    word, _, rest = typed.strip().partition(" ")
    found = [each for each in COMMANDS if each.name == word] or [
        each for each in COMMANDS if word and each.name.startswith(word)
    ]
    try:
        if not found or (len(found) > 1 and found[0].name != word):
            names = [each.name for each in COMMANDS]
            near = [each.name for each in found] or get_close_matches(word, names, 1)
            hint = f"did you mean {' or '.join(f'`:{each}`' for each in near)}?" if near else "`:help` lists them"
            raise CommandError(
                f"there is no command `:{word}`" if not found else f"`:{word}` could be several", hint=hint
            )
        _fits(found[0], rest.strip())
        found[0].do(talk, rest.strip())
    except AdError as error:
        talk.say(segments(error, columns=talk.editor.columns))
    except OSError as error:
        failed = CommandError(f"cannot open `{error.filename}`: {error.strerror}")
        talk.say(segments(failed, columns=talk.editor.columns))


def _fits(row: Command, rest: str) -> None:
    """Is what follows a command one of its words, if it has any?"""
    if row.choices and rest and rest not in row.choices:
        near = get_close_matches(rest, row.choices, 1)
        words = f"{', '.join(row.choices[:-1])} or {row.choices[-1]}"
        hint = f"did you mean `:{row.name} {near[0]}`?" if near else ""
        raise CommandError(f"`:{row.name}` takes {words}", hint=hint)


# --- looking ----------------------------------------------------------------------------------------------------


def _help(talk: Talk, name: str) -> None:
    from lang.assist import inspect
    from lang.repl.overview import overview
    from lang.repl.telling import page
    from lang.show import help as guide
    from lang.show.folding import folded

    if not name:
        rows = [(f":{each.name} {each.takes}".rstrip(), each.help) for each in COMMANDS]
        talk.say(overview(rows, guide.topics(), talk.editor.columns))
        return
    word = name.removeprefix(":")
    row = next((each for each in COMMANDS if each.name == word), None) if name.startswith(":") else None
    if row:
        talk.say([(f":{row.name} {row.takes}".rstrip(), "title"), (f"   {row.help}", "")])
        return
    found = inspect(name, talk.language.journal.session)
    if found is None:
        near = get_close_matches(name, list(guide.words()), 1)
        hint = f"did you mean `?{near[0]}`?" if near else "`?functions`, `?verbs` and `?syntax` list what there is"
        raise CommandError(f"there is no help for `{name}`", hint=hint)
    talk.say(folded(page(found), talk.editor.columns))


def _names(talk: Talk, _: str) -> None:
    from lang.repl.telling import values

    session = talk.language.journal.session
    if session.values:
        talk.say(values(dict(session.values), talk.digits))
    for each in session.scope.functions.values():
        talk.say([(each.head, "own_function")])
    if not session.values and not session.scope.functions:
        talk.say([("nothing yet", "gutter")])


def _program(talk: Talk, _: str) -> None:
    from lang.repl.telling import program

    text = talk.language.journal.program().rstrip("\n")
    talk.say(program(text, talk.language.journal.session) if text else [("nothing yet", "gutter")])
    talk.last = text


def _watch(talk: Talk, names: str) -> None:
    from lang.repl.watching import Watch

    talk.watch = Watch() if names else None
    if talk.watch is None:
        talk.say([("watching nothing; `:watch z` watches z", "gutter")])
        return
    talk.watch.names = tuple(names.replace(",", " ").split())
    talk.look()
    if isinstance(talk.editor, Plain):
        talk.say([("".join(piece[1] for piece in talk.watch.pieces).strip(), "")])


# --- the program ------------------------------------------------------------------------------------------------


def _set(talk: Talk, words: str) -> None:
    from lang.repl.answers import number_of
    from lang.repl.telling import values

    name, _, value = words.replace("=", " ", 1).partition(" ")
    if not value.strip():
        raise CommandError("`:set` takes a name and a number", hint="write it like `:set x 2.5`")
    changed = talk.language.journal.set(name, number_of(name, value.strip(), talk.language.values()))
    talk.look()
    talk.say(values(changed.values, talk.digits) if changed.values else [("nothing is different", "gutter")])
    talk.say([(changed.remark, "gutter")] if changed.remark else [])


def _undo(talk: Talk, _: str) -> None:
    gone = talk.language.journal.undo()
    talk.look()
    talk.say([(f"undone: {gone}" if gone else "nothing to undo", "gutter")])


def _redo(talk: Talk, _: str) -> None:
    again = talk.language.journal.redo()
    talk.look()
    talk.say([(f"done again: {again}" if again else "nothing to do again", "gutter")])


def _reset(talk: Talk, _: str) -> None:
    talk.language.journal.reset()
    talk.look()
    talk.say([("everything is forgotten", "gutter")])


# --- settings ---------------------------------------------------------------------------------------------------


def _precision(talk: Talk, digits: str) -> None:
    if digits and not (digits.isascii() and digits.isdecimal() and int(digits) <= 17):
        raise CommandError("`:precision` takes a number of digits", hint="write it like `:precision 6`; 0 shows all")
    talk.digits = int(digits or 0)
    talk.look()
    talk.say([(f"{talk.digits} digits" if talk.digits else "all digits", "gutter")])


def _ieee(talk: Talk, word: str) -> None:
    session = talk.language.journal.session
    on = {"on": True, "off": False}.get(word, not session.settings.ieee)
    session.settings = session.settings.but(ieee=on)
    talk.say([("inf and nan flow" if on else "what is not a finite real number is an error", "gutter")])


def _kinks(talk: Talk, word: str) -> None:
    session = talk.language.journal.session
    session.settings = session.settings.but(kinks=word or session.settings.kinks)
    talk.say([(f"kinks: {session.settings.kinks}", "gutter")])


def _engine(talk: Talk, word: str) -> None:
    session = talk.language.journal.session
    if word:
        session.settings = session.settings.but(engine=word)
    talk.say([(f"engine: {session.settings.engine}", "gutter")])


def _time(talk: Talk, text: str) -> None:
    from time import perf_counter

    if not text or text.startswith((":", "?")):
        raise CommandError("`:time` takes a statement", hint="write it like `:time grad z`")
    start = perf_counter()
    talk.run(text)
    taken = perf_counter() - start
    talk.say([(f"{taken * 1e3:.3g} ms" if taken < 1 else f"{taken:.3g} s", "gutter")])


def _copy(talk: Talk, _: str) -> None:
    """The last answer, as plain text."""
    from lang.repl.clipboard import copy

    if not talk.last:
        raise CommandError("there is no answer to copy yet")
    talk.say([(copy(talk.last, lambda sequence: print(sequence, end="", flush=True)), "gutter")])


def _colours(talk: Talk, word: str) -> None:
    colours = talk.colours
    colours.choice = word or colours.choice
    known = f", the background is {colours.background}" if colours.choice == "auto" and colours.background else ""
    talk.say([(f"colours: {colours.choice}{known}", "gutter")])


def _vi(talk: Talk, _: str) -> None:
    if isinstance(talk.editor, Plain):
        raise CommandError("this terminal has no line editor, so there are no keys to change")
    talk.say([("vi keys" if talk.editor.vi() else "emacs keys", "gutter")])


def _tour(talk: Talk, _: str) -> None:
    talk.say(talk.tours())


def _skip(talk: Talk, _: str) -> None:
    if talk.tour is None:
        raise CommandError("`:skip` is for the tour", hint="`:tour` begins it")
    said: list[Segment] = talk.tour.skip()
    talk.tour = None if talk.tour.over else talk.tour
    talk.say(said)


def _quit(talk: Talk, _: str) -> None:
    talk.left = True


COMMANDS = (
    Command("help", "[name]", "this, or help for a name: `?sin` and `sin?` do the same", _help),
    Command("tour", "", "a first lesson, ten minutes", _tour),
    Command("skip", "", "in the tour: go on without doing it", _skip),
    Command("program", "", "the program so far", _program),
    Command("names", "", "every name with its value", _names),
    Command("set", "x 2.5", "another value for x; all that depends on it runs again", _set),
    Command("watch", "z", "keep z and its gradient below the prompt", _watch),
    Command("undo", "", "take back the last change", _undo),
    Command("redo", "", "do it again", _redo),
    Command("reset", "", "forget everything", _reset),
    Command("edit", "", "the program in your editor ($EDITOR)", files.edit),
    Command("load", "FILE", "run a program", files.load),
    Command("save", "FILE", "write a program that re-creates the session", files.save),
    Command("copy", "", "the last answer to the clipboard", _copy),
    Command("time", "grad z", "how long a statement takes", _time),
    Command("colours", "light", "for a dark or light background, or both; auto, terminal, none", _colours, CHOICES),
    Command("precision", "6", "significant digits to show; 0 for all", _precision),
    Command("ieee", "on", "let inf and nan flow, or not", _ieee, ("on", "off")),
    Command("kinks", "note", "note, error or silent, as --kinks", _kinks, ("note", "error", "silent")),
    Command("engine", "auto", "auto, interpreter, python or native, as --engine", _engine, ENGINES),
    Command("vi", "", "vi keys, or emacs keys again", _vi),
    Command("quit", "", "leave; so does Ctrl-D", _quit),
)
