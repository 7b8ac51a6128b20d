"""A plan -> Python 3.11 or later, the `math` module and nothing else."""

from __future__ import annotations

from textwrap import dedent

from lang.clock import watched
from lang.errors import CommandError
from lang.export import listing
from lang.export.header import header
from lang.export.places import missing
from lang.export.plan import Plan
from lang.export.table import spelling
from lang.export.walk import EXPORTING
from lang.export.writer import CHOICE, EITHER, NEGATION, Writer

LOOPS = 20
"""How many loops CPython lets stand in each other."""

PREAMBLE = {
    "ad_total": '''
        def ad_total(function, pole=math.nan):
            """The function, with IEEE's inf and nan where Python raises; `pole` is its value at 0."""

            def value(*operands):
                try:
                    return function(*operands)
                except OverflowError:
                    return math.inf
                except ValueError:
                    return pole if operands[0] == 0.0 else math.nan

            return value
        ''',
    "ad_divide": '''
        def ad_divide(a, b):
            """a / b; 1 / 0 is inf, 0 / 0 is nan."""
            if b != 0.0:
                return a / b
            return math.nan if a == 0.0 or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)
        ''',
    "ad_floor_divide": '''
        def ad_floor_divide(a, b):
            """a // b; 1 // 0 is inf, 0 // 0 is nan."""
            if b != 0.0:
                return a // b
            return math.nan if a == 0.0 or a != a else math.copysign(math.inf, a) * math.copysign(1.0, b)
        ''',
    "ad_mod": '''
        def ad_mod(a, b):
            """a % b, nan for b = 0."""
            return a % b if b != 0.0 else math.nan
        ''',
    "ad_raw_pow": '''
        def ad_raw_pow(a, b):
            """a to the power b, nan for a negative a and a fractional b."""
            try:
                return math.pow(a, b)
            except OverflowError:
                return -math.inf if a < 0.0 and math.fmod(b, 2.0) != 0.0 else math.inf
            except ValueError:
                if a != 0.0:
                    return math.nan
                return math.copysign(math.inf, a) if abs(math.fmod(b, 2.0)) == 1.0 else math.inf
        ''',
    "ad_log1p": '''
        def ad_log1p(a):
            """log(1 + a), -inf for a = -1."""
            return math.log1p(a) if a > -1.0 else -math.inf if a == -1.0 else math.nan
        ''',
    "ad_atanh": '''
        def ad_atanh(a):
            """The inverse of tanh, an infinity at 1 and -1."""
            return math.copysign(math.inf, a) if abs(a) == 1.0 else math.atanh(a) if abs(a) < 1.0 else math.nan
        ''',
    "ad_sinh": '''
        def ad_sinh(a):
            """The hyperbolic sine."""
            try:
                return math.sinh(a)
            except OverflowError:
                return math.copysign(math.inf, a)
        ''',
    "ad_gamma": '''
        def ad_gamma(a):
            """The gamma function; an infinity at 0, nan at negative whole numbers."""
            try:
                return math.gamma(a)
            except OverflowError:
                return math.inf
            except ValueError:
                return math.copysign(math.inf, a) if a == 0.0 else math.nan
        ''',
    "ad_raw_lgamma": '''
        def ad_raw_lgamma(a):
            """log |gamma(a)|, inf at the poles."""
            try:
                return math.lgamma(a)
            except (OverflowError, ValueError):
                return math.inf
        ''',
}


def write(plan: Plan) -> str:
    """The text of a plan."""
    writer = _Python(plan)
    functions = [writer.function(each) for each in (*plan.routines, plan.main)]
    imports = ["import math"] if "math." in "".join((*functions, *writer.needed.values())) else []
    notes = ["Python 3.11 or later. " + (
        "Where no finite real number exists, inf and nan flow on (IEEE 754)." if plan.safe else
        "Where no finite real number exists, it raises ZeroDivisionError, ValueError or OverflowError.")]
    lines = header(plan, "Gives a dictionary of", notes)
    head = '"""' + "\n".join(lines) + '\n"""'
    made = [each for each in writer.needed.values() if "\n" not in each]
    defined = [each for each in writer.needed.values() if "\n" in each]
    parts = ["\n\n".join((head, *imports)), *defined, *(["\n".join(made)] if made else []), *functions]
    return "\n\n\n".join(parts) + "\n"


class _Python(Writer):
    constants = ("True", "False", "math.nan", "math.inf")

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.needed: dict[str, str] = {}
        self.loops = 0

    def function(self, routine: listing.Routine) -> str:
        """The text of one function."""
        self.routine, self.lines, self.depth = routine, [], 0
        main = routine is self.plan.main
        results = self.plan.results if main else ()
        self.line(f"def {self.plan.title(routine)}({', '.join(self.parameters(routine))}):")
        self.depth = 1
        if main:
            for each in routine.stacks:
                self.line(f"{self.name(each)} = []")
        for each in missing(routine, results):
            self.line(f"{self.name(each)} = math.nan")
        for statement in watched(routine.body, EXPORTING):
            self.statement(statement)
        if len(results) == 1:
            self.line(f"return {self.name(results[0])}")
        elif main:
            self.line(f"return {{{', '.join(f'{each!r}: {self.name(each)}' for each in results)}}}".replace("'", '"'))
        return "\n".join(self.lines)

    def parameters(self, routine: listing.Routine) -> list[str]:
        """Parameters; a default stands only where every later input has one, too."""
        names = [self.name(each) for each in routine.parameters]
        if routine is not self.plan.main:
            return [*names, *map(self.name, routine.stacks)]
        for at in reversed(range(len(names))):
            default = self.plan.inputs[at].default
            if default is None:
                break
            names[at] += f"={self.number(default)}"
        return names

    # --- statements -----------------------------------------------------------------------------------------

    def statement(self, statement: listing.Statement) -> None:
        match statement:
            case listing.Assign():
                target = f"{self.name(statement.target)} = " if statement.target else ""
                self.line(f"{target}{self.expression(statement.value)}")
            case listing.Unpack():
                assert isinstance(statement.value, listing.Use)
                self.line(f"{', '.join(map(self.name, statement.targets))} = {self.call(statement.value)}")
            case listing.Push():
                self.line(f"{self.name(statement.stack)}.append({self.expression(statement.value)})")
            case listing.Pop():
                target = f"{self.name(statement.target)} = " if statement.target else ""
                self.line(f"{target}{self.name(statement.stack)}.pop()")
            case listing.Return():
                self.line(f"return {self.arguments(statement.values)}")
            case listing.If():
                self._if(statement)
            case listing.While() | listing.For():
                self._loop(statement)
            case listing.Input():
                raise AssertionError("a plan has made inputs parameters")

    def _if(self, statement: listing.If) -> None:
        word = "if"
        for each in statement.branches:
            self.line(f"{word} {self.expression(each.condition)}:")
            self.block(each.body, statement.span)
            if not each.body:
                self.line(f"{self.indent}pass")
            word = "elif"
        if statement.otherwise:
            self.line("else:")
            self.block(statement.otherwise, statement.span)

    def _loop(self, statement: listing.While | listing.For) -> None:
        self.loops += 1
        if self.loops > LOOPS:
            raise CommandError(f"Python lets {LOOPS} loops stand in each other, not more", statement.span,
                               source=self.routine.source, hint="use a function")
        if isinstance(statement, listing.For):
            start, stop, stride = statement.bounds
            bounds = [start, stop] if stride == 1.0 else [start, stop, stride]
            bounds = [stop] if (start, stride) == (0.0, 1.0) else bounds
            self.line(f"for {self.name(statement.target)} in map(float, range({', '.join(map(self._whole, bounds))})):")
        elif statement.setup:
            self.line("while True:")
            self.block(statement.setup, statement.span)
            self.line(f"{self.indent}if not {self.expression(statement.condition, NEGATION)}:")
            self.line(f"{self.indent * 2}break")
        else:
            self.line(f"while {self.expression(statement.condition)}:")
        self.block(statement.body, statement.span)
        if not statement.body and not (isinstance(statement, listing.While) and statement.setup):
            self.line(f"{self.indent}pass")
        self.loops -= 1

    def _whole(self, value: listing.Expression) -> str:
        if isinstance(value, float) and value == value // 1.0:
            return str(int(value))
        return f"int({self.expression(value)})"

    # --- expressions ----------------------------------------------------------------------------------------

    def spelled(self, value: listing.Apply) -> str:
        found = spelling("python", value.function, value.arguments)
        if not self.plan.safe and value.function == "**" and _whole_exponent(value.arguments[1]):
            return " ** "
        if not self.plan.safe or not found.safe:
            return found.text
        if not found.safe.startswith("total("):
            self.needed.setdefault(found.safe, dedent(PREAMBLE[found.safe]).strip())
            return found.safe
        self.needed.setdefault("ad_total", dedent(PREAMBLE["ad_total"]).strip())
        further = found.safe.removeprefix("total(").removesuffix(")")
        made = f"{value.function} = ad_total({', '.join(filter(None, (found.text, further)))})"
        self.needed.setdefault(value.function, made)
        return value.function

    def negation(self, value: listing.Expression) -> tuple[int, str]:
        return NEGATION, f"not {self.expression(value, NEGATION)}"

    def choice(self, condition: listing.Expression, then: listing.Expression, otherwise: listing.Expression) -> str:
        chosen = self.expression(then, EITHER)
        return f"{chosen} if {self.expression(condition, EITHER)} else {self.expression(otherwise, CHOICE)}"


def _whole_exponent(value: listing.Expression) -> bool:
    return isinstance(value, float) and value == value // 1.0
