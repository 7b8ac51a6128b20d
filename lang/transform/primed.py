"""Steps that call derivatives -> the same steps with calls of ordinary functions in those places, for engines.

Law: what the program itself does stays as it is, to the step: names, places, and what it counts. The functions that
are written for its derivative calls count what the interpreter does there, which runs the function once, on numbers
that carry their tangents:

    f(u) = u * u            f(u) = u * u
    y = f'(x)               def df(u, du):              def f_prime(u):
                                c = u * u                   c, dc = df(u, 1)
                                dc = 2 * u * du             return dc
                                return c, dc
                            y = f_prime(x)

As `expand`, whose functions these are, but for programs that run and not for people: nothing is left out of a function,
for each of its statements may be what stops a run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from lang.errors import DerivativeError
from lang.source import FREE, Source
from lang.steps import form
from lang.steps.drive import drive
from lang.steps.program import lower
from lang.steps.rewrite import Rewriting
from lang.steps.walk import all_steps, calls, reads_of, targets_of
from lang.syntax import tree
from lang.transform.expand import Expander, calls_derivatives
from lang.transform.names import Names, language_names
from lang.transform.style import Style
from lang.transform.weights import Weighing, body_of_rule


class Primed(NamedTuple):
    """Steps without derivative calls.

    Attributes:
        slopes: the functions that stand for those, each with the place of the parameter that it is by.
        exact: do they count to a step what the interpreter counts? They count more where they do not.
    """

    block: form.Block
    slopes: dict[str, int]
    exact: bool


def changes_meaning(block: form.Block) -> bool:
    """Does a function get another meaning, or a rule, after something was called?"""
    defined: set[str] = set()
    met = False
    for step in block:
        if not isinstance(step, form.Define):
            met = met or calls(step)
        elif met and step.procedure.name in defined:
            return True
        else:
            defined.add(step.procedure.name)
    return False


def primed(block: form.Block, source: Source) -> Primed:
    """A program's steps without derivative calls.

    Args:
        block: its steps, in which no function `changes_meaning`; functions that were there before are defined first.
        source: the text they come from.

    Raises:
        CommandError: a function calls its own derivative. DerivativeError: a derivative that may not exist.
        LimitExceeded: blocks too deep inside each other.
    """
    _refuse_fixed({step.procedure.name: step.procedure for step in block if isinstance(step, form.Define)})
    slopes: dict[str, int] = {}
    exact = True
    while calls_derivatives(block):
        writing = _Round(block, source)
        block = writing.whole()
        slopes.update(writing.expander.slopes())
        exact = exact and writing.exact
    return Primed(block, slopes, exact)


def _refuse_fixed(functions: Mapping[str, form.Procedure]) -> None:
    """Only a run can tell whether an operand without derivative moves where nothing that comes of it does."""
    for step in (step for each in functions.values() for step in all_steps(each.body)):
        called = functions.get(step.function) if isinstance(step, form.Call) else None
        fixed: Collection[str] = ()
        parameters: tuple[str, ...] = ()
        if isinstance(step, form.Operation):
            fixed, parameters = step.primitive.fixed, step.primitive.parameters
        elif called is not None and called.rule is not None:
            fixed, parameters = called.rule.fixed, called.rule.parameters
        if fixed and any(
            name in fixed and isinstance(each, str) for name, each in zip(parameters, reads_of(step), strict=True)
        ):
            raise DerivativeError("an operand without derivative may move", step.span)


class _Round(Rewriting):
    """Replaces the first order of each derivative call."""

    def __init__(self, block: form.Block, source: Source) -> None:
        super().__init__()
        self.before = block
        self.source = source
        self.expander = Expander(block, Names(_words(block) | language_names()), Style(whole=True))
        self.maker = self.expander.maker
        self.weighing = Weighing(self.maker.functions)

    @property
    def exact(self) -> bool:
        """Is it known what everything counts?"""
        return self.weighing.exact

    def whole(self) -> form.Block:
        """The steps, and behind each function those that were written for its derivatives.

        Raises:
            CommandError: nothing can be replaced.
        """
        changed = self.block(self.before)
        if not self.expander.progress:
            raise self.expander.endless()
        made = self._lowered()
        last = {step.procedure.name: place for place, step in enumerate(changed) if isinstance(step, form.Define)}
        out = made.pop("", [])
        for place, step in enumerate(changed):
            out.append(step)
            if isinstance(step, form.Define) and last[step.procedure.name] == place:
                out += made.pop(step.procedure.name, [])
        return out

    # --- derivative calls -----------------------------------------------------------------------------------

    def step(self, step: form.Step, out: form.Block) -> None:
        """As `Rewriting.step`: a derivative call becomes an ordinary one."""
        if isinstance(step, form.PrimitiveDerivative):
            out.append(self._called(step, (step.target,), step.primitive.name))
        elif isinstance(step, form.Call) and step.by:
            out.append(self._called(step, step.targets, step.function))
        else:
            out.append(step)

    def _called(self, step: form.Call | form.PrimitiveDerivative, targets: tuple[str, ...], function: str) -> form.Step:
        primitive = isinstance(step, form.PrimitiveDerivative)
        if not primitive and not self.maker.is_plain(function):
            self.expander.stuck = self.expander.stuck or tree.Derivative(function, 1, (), (), step.span, step.span)
            return step
        self.expander.progress = True
        first, *others = step.by
        helper = self.expander.helper(function, first, len(step.arguments))
        return form.Call(targets, helper, step.arguments, tuple(others), FREE if primitive else step.span)

    def test(self, test: tree.Expression) -> tree.Expression:
        """As `Rewriting.test`: the derivatives of a function are written from its conditions' trees."""
        return self.expander.expression(test)

    def procedure(self, procedure: form.Procedure) -> form.Procedure:
        """A function, and its rule."""
        found, rule = super().procedure(procedure), procedure.rule
        right = rule and self.expander.expression(rule.right)
        return found if rule is None or right is rule.right else found.but(rule=rule.but(right=right))

    # --- the functions that are written ---------------------------------------------------------------------

    def _lowered(self) -> dict[str, form.Block]:
        """The functions that were written, as steps that count what they should, by the function they stand behind."""
        made = self.expander.made
        body = tuple(node for statements in made.values() for node in statements)
        variables = {
            target
            for step in all_steps(self.before)
            for target in targets_of(step)
            if not isinstance(target, form.Temporary)
        }
        lowered = iter(lower(tree.Program(body, self.source), variables, self.maker.functions, shadows=False))
        originals = {name: key[0] for key, name in self.maker.variants.items()}
        return {
            function: [self._weighed(next(lowered), originals, function) for _ in statements]
            for function, statements in made.items()
        }

    def _weighed(self, step: form.Step, originals: dict[str, form.Procedure], behind: str) -> form.Step:
        """A function that was written, in the place of the one it was written from."""
        assert isinstance(step, form.Define)
        made = step.procedure
        original = originals.get(made.name)
        like = None if original is None else original.body
        if made.name in self.expander.ruled:
            like = body_of_rule(*self.expander.ruled[made.name])
        body = drive(self.weighing.block(made.body if original is not None else _of_numbers(made.body), like))
        place = original or self.maker.functions.get(behind)
        if place is not None:
            made = made.but(source=place.source, span=place.span)
        return step.but(procedure=made.but(body=body))


def _of_numbers(body: form.Block) -> form.Block:
    """What a function gives is looked at where its derivative does not need it: true and false have none."""
    out: form.Block = []
    for step in body:
        out.append(step)
        if isinstance(step, form.Call):
            out += [form.Require(target, "number", FREE) for target in step.targets]
    return out


def _words(block: form.Block) -> set[str]:
    """Every name in a program's steps."""
    found: set[str] = set()
    for step in all_steps(block):
        found.update(targets_of(step), (each for each in reads_of(step) if isinstance(each, str)))
        if isinstance(step, form.Call):
            found.add(step.function)
        elif isinstance(step, form.Define):
            procedure = step.procedure
            found.update((procedure.name,), procedure.parameters, procedure.reads, _words(procedure.body))
    return found
