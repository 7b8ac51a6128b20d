"""Steps -> everything a writer needs: tidy routines in order, the inputs, the results, a name for each.

Law: what cannot be written is an error here, with its place in the program, before a line is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from lang.clock import watched
from lang.errors import CommandError
from lang.export import listing, walk
from lang.export.folding import tidy
from lang.export.library import NAMES, Library
from lang.export.names import Names
from lang.export.reading import Reader
from lang.export.table import ROWS, helper, spelling
from lang.kernels import KERNELS
from lang.rules import table
from lang.source import Source
from lang.steps import form

WRITTEN = ("where", "and", "or", "not", "<", "<=", ">", ">=", "==", "!=")
"""What every writer writes itself."""

SHADOWING = ("max", "min", "round", "abs")
"""Primitives whose names Python has for other functions."""


@dataclass
class Parameter:
    """An input: its name in the program and in the text, and its default."""

    name: str
    spelled: str
    default: float | None


@dataclass
class Plan:
    """What is written.

    Attributes:
        routines: the functions of the program that it calls, and those of the library; each after those it calls, as
            far as functions that call each other allow.
        results: the names whose values the program gives.
    """

    language: str
    safe: bool
    main: listing.Routine
    results: tuple[str, ...]
    names: Names
    inputs: list[Parameter] = field(default_factory=list)
    routines: list[listing.Routine] = field(default_factory=list)
    titles: dict[int, str] = field(default_factory=dict)

    def title(self, routine: listing.Routine) -> str:
        """What a routine is called in the text."""
        return self.titles[id(routine)]


def plan(
    steps: form.Block, source: Source, language: str, name: str, results: tuple[str, ...] | None, safe: bool
) -> Plan:
    """The plan of a program; see `lang.export.export` for the arguments and errors."""
    reader = Reader(source)
    main = reader.program(name, steps)
    chosen = _results(main, results)
    _without_shadows(main, steps)
    own = {name for each in walk.statements(main.body) for name in walk.targets_of(each)}
    tidy(main, chosen)
    _refuse_unknown(main, own)
    for each in reader.routines.values():
        tidy(each)
    names = Names(language, _reserved())
    found = Plan(language, safe, main, chosen, names)
    _settle_inputs(found)
    found.routines = _Resolving(language, found.titles).order(main)
    _name_routines(found, name)
    names.keep(each for each in _mentioned(main) if not isinstance(each, form.Temporary))
    for routine in found.routines:
        names.keep(_mentioned(routine))
    names.keep(_mentioned(main))
    return found


# --- what the program gives -----------------------------------------------------------------------------------------


def _results(main: listing.Routine, asked: tuple[str, ...] | None) -> tuple[str, ...]:
    """The names asked for; without them every name that something but an input gives a value, in order."""
    given: dict[str, bool] = {}
    for statement in walk.statements(main.body):
        for name in walk.targets_of(statement):
            if not isinstance(name, form.Temporary | form.Hidden):
                given[name] = given.get(name, False) or not isinstance(statement, listing.Input)
    if asked is None:
        asked = tuple(name for name, computed in given.items() if computed)
    for name in asked:
        if name not in given:
            raise CommandError(f"the program gives no value to `{name}`", main.span, source=main.source)
    if not asked:
        raise CommandError("the program gives no name a value, so there is nothing to export", main.span,
                           source=main.source, hint="give what it shows a name: `z = x**2`")
    return tuple(dict.fromkeys(asked))


def _refuse_unknown(main: listing.Routine, own: set[str]) -> None:
    """Refuse names that an earlier text gave a value (a session's)."""
    for statement in walk.statements(main.body):
        for each in walk.all_expressions(statement):
            for name in set(walk.names_in(each)) - own:
                reader = each.routine if isinstance(each, listing.Use) else main
                raise CommandError(f"`{name}` has no value in what is exported", reader.span, source=reader.source,
                                   hint=f"export the program that gives `{name}` its value")


def _without_shadows(main: listing.Routine, steps: form.Block) -> None:
    """Leave out that `e` is 2.718... at the start of a program whose first mention of `e` gives it another value."""
    count = 0
    while count < len(steps) and isinstance(steps[count], form.Copy) and steps[count].span == (0, 0):
        count += 1
    shadows, rest = main.body[:count], main.body[count:]
    first: dict[str, bool] = {}
    for statement in rest:
        for part in walk.statements([statement]):
            for value in walk.all_expressions(part):
                if isinstance(value, str):
                    first.setdefault(value, False)
        for name in walk.targets_of(statement):
            first.setdefault(name, not isinstance(statement, listing.For))
        for part in walk.statements([statement]):
            for name in walk.targets_of(part):
                first.setdefault(name, False)
    main.body = [*(each for each in shadows if not first.get(walk.targets_of(each)[0])), *rest]


def _settle_inputs(found: Plan) -> None:
    """The inputs as parameters; one whose name has another value before it is read gets a name of its own."""
    body: listing.Block = []
    seen: set[str] = set()
    parameters: dict[str, Parameter] = {}
    counts = Counter(each.target for each in found.main.body if isinstance(each, listing.Input))
    for statement in watched(found.main.body, walk.EXPORTING):
        if isinstance(statement, listing.Input):
            name = statement.target
            if name not in parameters:
                own = name in seen or counts[name] > 1
                parameter = f"program {name}" if own else name
                parameters[name] = Parameter(name, parameter, _constant(statement.default))
            if parameters[name].spelled != name:
                body.append(listing.Assign(name, parameters[name].spelled))
        else:
            body.append(statement)
        seen.update(target for each in walk.statements([statement]) for target in walk.targets_of(each))
    found.inputs = list(parameters.values())
    found.main.body = body
    found.main.parameters = tuple(each.spelled for each in found.inputs)


def _constant(value: listing.Expression | None) -> float | None:
    """The value of a default; None where it is not made of primitives on numbers alone."""
    if isinstance(value, float) or not isinstance(value, listing.Apply):
        return value if isinstance(value, float) else None
    arguments = [_constant(each) for each in value.arguments]
    numbers = [each for each in arguments if each is not None]
    kernel = KERNELS.get((value.function, len(arguments)))
    return None if kernel is None or len(numbers) < len(arguments) else kernel(*numbers)


# --- functions ------------------------------------------------------------------------------------------------------


class _Resolving:
    """Finds the functions of the library that some routines need, and brings all routines in order."""

    def __init__(self, language: str, titles: dict[int, str]) -> None:
        self.language = language
        self.titles = titles
        self.library = Library()
        self.tidied: set[int] = set()
        self.source: Source | None = None

    def order(self, main: listing.Routine) -> list[listing.Routine]:
        """Everything that a routine calls, callees first."""
        done: list[listing.Routine] = []
        begun = {id(main)}
        pending = [(main, iter(self._called(main)))]
        while pending:
            routine, calls = pending[-1]
            each = next(calls, None)
            if each is None:
                pending.pop()
                done.append(routine)
            elif id(each) not in begun:
                begun.add(id(each))
                pending.append((each, iter(self._called(each))))
        return done[:-1]

    def _called(self, routine: listing.Routine) -> list[listing.Routine]:
        """What a routine calls, the functions of the library put in place of what the language lacks."""
        called: dict[int, listing.Routine] = {}
        self.source = routine.source
        for statement in walk.statements(routine.body):
            for each in walk.all_expressions(statement):
                if isinstance(each, listing.Derived):
                    raise CommandError(f"the derivative of `{each.function}` must be expanded before export", each.span,
                                       source=each.source, label="a derivative of a function",
                                       hint="write the derivative program first: `forward` or `reverse`")
            walk.rewrite(statement, self._resolved)
            for each in walk.all_expressions(statement):
                if isinstance(each, listing.Use):
                    called[id(each.routine)] = each.routine
        return list(called.values())

    def _resolved(self, value: listing.Expression) -> listing.Expression:
        if isinstance(value, str | float | bool | listing.Derived):
            return value
        value.arguments = tuple(map(self._resolved, value.arguments))
        if isinstance(value, listing.Use) or value.function in WRITTEN or _negative(value):
            return value
        if spelling(self.language, value.function, value.arguments).text:
            return value
        return listing.Use(self._helper(value), value.arguments)

    def _helper(self, value: listing.Apply) -> listing.Routine:
        found = self.library.routine(helper(value.function, len(value.arguments)))
        if found is None:
            raise CommandError(f"`{value.function}` cannot be exported to {self.language}", value.span,
                               source=value.source)
        for each in self.library.reader.routines.values():
            if id(each) not in self.tidied:
                self.tidied.add(id(each))
                tidy(each)
                self.titles[id(each)] = _library_title(each.name, self.language)
        return found


def _negative(value: listing.Apply) -> bool:
    return value.function == "-" and len(value.arguments) == 1


def _library_title(name: str, language: str) -> str:
    """`sigmoid`, as a person would call it, where no other function has that name; else `ad_sigmoid`."""
    plain = name.removeprefix("ad_")
    own = plain in table().function_names() and language != "c" and plain not in SHADOWING
    return plain if own else name


def _reserved() -> set[str]:
    """The names that functions of any text may have."""
    primitives = {each.name for each in table().primitives if not each.is_operator}
    row_names = {name for name in ROWS if name.isidentifier()}
    further = {"total", "divide", "push", "pop", "stack", "pow", "floor_divide"}
    return primitives | row_names | NAMES | {f"ad_{each}" for each in primitives | row_names | further}


def _name_routines(found: Plan, name: str) -> None:
    if not name.isidentifier():
        raise CommandError(f"`{name!r:.60}` cannot be the name of a function", None, hint="use letters, digits and `_`")
    found.titles[id(found.main)] = found.names.title(found.names.spelled(name))
    found.names.taken.update(found.titles.values())
    for routine in found.routines:
        if id(routine) not in found.titles:
            found.titles[id(routine)] = found.names.title(found.names.spelled(routine.name))


def _mentioned(routine: listing.Routine) -> Iterable[str]:
    yield from routine.parameters
    for statement in walk.statements(routine.body):
        yield from walk.targets_of(statement)
        for each in walk.all_expressions(statement):
            yield from walk.names_in(each)
