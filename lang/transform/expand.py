"""`f'(x)` -> a call of an ordinary function: programs without derivative calls, for those who read only steps.

Law: a derivative call is the forward program of the function, seeded with 1. Each round replaces the first order of
every derivative call; `f''(x)` becomes `f_prime'(x)` becomes `f_prime_prime(x)`.
"""

from __future__ import annotations

from collections.abc import Sequence

from lang.clock import watched
from lang.errors import CommandError
from lang.rules import coefficient
from lang.steps import form
from lang.steps.drive import drive
from lang.steps.lower import derivative_order
from lang.steps.walk import all_steps
from lang.syntax import tree
from lang.syntax.walk import operands, with_operands
from lang.transform.activity import Key
from lang.transform.expressions import NOWHERE, constant, name, substitute
from lang.transform.forward import function_maker
from lang.transform.names import Names
from lang.transform.rewriting import Rewriter
from lang.transform.scope import called
from lang.transform.style import Style


def calls_derivatives(block: form.Block) -> bool:
    """Does any step call a derivative, those of functions and the right sides of their rules too?"""
    for step in all_steps(block):
        kind = type(step)
        if kind is form.PrimitiveDerivative or (kind is form.Call and step.by):  # type: ignore[union-attr]
            return True
        if isinstance(step, form.Define):
            rule = step.procedure.rule
            if calls_derivatives(step.procedure.body) or (rule is not None and _has_derivatives(rule.right)):
                return True
    return False


def _has_derivatives(expression: tree.Expression) -> bool:
    """Does an expression call a derivative?"""
    pending: list[tree.Expression] = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Derivative):
            return True
        pending.extend(operands(node))
    return False


def expand(
    body: Sequence[tree.Statement], block: form.Block, taken: set[str], slopes: dict[str, int]
) -> list[tree.Statement]:
    """One round: the statements with the first order of each derivative call expanded.

    Args:
        body: a program's statements.
        block: their steps.
        taken: names that new names must not have.
        slopes: gets the functions that compute a derivative, each with the place of the parameter it is by.

    Raises:
        CommandError: a function calls its own derivative.
    """
    expander = Expander(block, Names(taken))
    found = expander.statements(body)
    if not expander.progress:
        raise expander.endless()
    slopes.update(expander.slopes())
    return found


ZERO = constant(0.0)


class Expander(Rewriter):
    """One round: replaces the first order of each derivative call.

    Args:
        block: the program's steps.
        names: where new names come from.
        style: how derivatives of functions are written.

    Attributes:
        helpers: the function that computes a derivative, by function, place of the parameter, and number of arguments.
        made: the functions that were written, by the function they stand behind; those of primitives have none.
        ruled: of the helpers those whose derivative is the right side of a user's rule.
    """

    def __init__(self, block: form.Block, names: Names, style: Style | None = None) -> None:
        self.names = names
        self.maker = function_maker(block, names, style or Style())
        self.helpers: dict[tuple[str, int, int], str] = {}
        self.ruled: dict[str, tuple[form.UserRule, int]] = {}
        self.made: dict[str, list[tree.Statement]] = {}
        self.progress = False
        self.stuck: tree.Derivative | None = None
        for step in block:
            if isinstance(step, form.Define):
                self.maker.define(step.procedure)

    def statements(self, body: Sequence[tree.Statement]) -> list[tree.Statement]:
        """The new statements; helpers stand behind the functions they belong to, those of primitives at the top."""
        changed = [self.statement(node) for node in watched(body, "writing derivative calls out")]
        out = list(self.made.pop("", []))
        defined = [
            node.name.name
            if isinstance(node, tree.Function)
            else node.left.function
            if isinstance(node, tree.Rule) and isinstance(node.left, tree.Apply)
            else ""
            for node in changed
        ]
        last = {function: place for place, function in enumerate(defined)}
        for place, (node, function) in enumerate(zip(changed, defined, strict=True)):
            out.append(node)
            if function and last[function] == place:
                out.extend(self.made.get(function, ()))
        return out

    def expression(self, expression: tree.Expression) -> tree.Expression:
        """An expression with the first order of its derivative calls expanded."""
        return super().expression(expression) if _has_derivatives(expression) else expression

    def rebuilt(self, node: tree.Expression, parts: tuple[tree.Expression, ...]) -> tree.Expression:
        """A derivative call becomes an ordinary one."""
        return self.call(node, parts) if isinstance(node, tree.Derivative) else with_operands(node, parts)

    def call(self, node: tree.Derivative, arguments: tuple[tree.Expression, ...]) -> tree.Expression:
        """The call that replaces a derivative call."""
        primitive = self.maker.find_primitive(node.function, len(arguments))
        if primitive is None and not self.maker.is_plain(node.function):
            self.stuck = self.stuck or node
            return tree.Derivative(node.function, node.primes, node.by, arguments, node.span, node.name_span)
        self.progress = True
        parameters = primitive.parameters if primitive else self.maker.functions[node.function].parameters
        first, *others = derivative_order(node, parameters)
        helper = self.helper(node.function, first, len(arguments))
        if not others:
            return called(helper, arguments)
        by = tuple(name(parameters[index]) for index in others)
        return tree.Derivative(helper, 1, by, arguments, NOWHERE, NOWHERE)

    def endless(self) -> CommandError:
        """The error for a function whose derivatives of all orders would have to be written."""
        assert self.stuck is not None
        function, span = self.stuck.function, self.stuck.span
        source = self.maker.functions[function].source
        known = source.slice(span).startswith(function)
        return CommandError(
            f"`{function}` calls its own derivative, so the program cannot be written without derivative calls",
            span if known else None,
            label="each order needs the next",
            hint="`grad`, `trace`, `tape`, `why` and `graph` run it as it is",
            source=source if known else None,
        )

    def helper(self, function: str, index: int, arity: int) -> str:
        """The function that computes a function's first derivative by one parameter; written when first asked."""
        key = function, index, arity
        if key not in self.helpers:
            primitive = self.maker.find_primitive(function, arity)
            word = function if function.isidentifier() else "op"
            helper = self.names.function(f"{word}_prime")
            self.helpers[key] = helper
            if primitive is not None:
                right = primitive.partial(index) or constant(0.0)
                awkward = primitive.domain is not None or primitive.kink is not None
                self._by_rule(primitive.name, helper, primitive.parameters, primitive.rule.result.name, right, awkward)
            else:
                self._user(function, index, helper)
        return self.helpers[key]

    def slopes(self) -> dict[str, int]:
        """Each helper with the place of the parameter that its derivative is by."""
        return {helper: index for (_, index, _), helper in self.helpers.items()}

    def _user(self, function: str, index: int, helper: str) -> None:
        procedure = self.maker.functions[function]
        values = [name(each) for each in procedure.parameters]
        if procedure.rule is not None:
            rule = procedure.rule
            right = coefficient(rule.right, rule.differentials[index], rule.differentials) or constant(0.0)
            words = {own: name(outer) for own, outer in zip(rule.parameters, procedure.parameters, strict=True)}
            kept = self.names.inner().fresh(rule.result)
            right = substitute(right, {**words, rule.result: name(kept)})
            self.ruled[helper] = rule, index
            self._by_rule(function, helper, procedure.parameters, kept, right, True)
            return
        key: Key = (procedure, (index,), frozenset())
        active = self.maker.activity.results(key)
        if not any(active):
            self._beside(function, helper, procedure.parameters, len(active))
            return
        variant = drive(self.maker.variant(key))
        self.made.setdefault(function, []).extend(self.maker.take_made())
        inner = Names({*procedure.parameters, variant})
        results = [inner.fresh("c") for _ in active]
        slopes = [inner.fresh("d" + each) if moves else "" for each, moves in zip(results, active, strict=True)]
        targets = tuple(name(each) for each in (*results, *slopes) if each)
        value = called(variant, [*values, constant(1.0)])
        back = tuple(name(each) if each else constant(0.0) for each in slopes)
        self._add(
            function,
            helper,
            procedure.parameters,
            [tree.Assign(targets, None, (value,), NOWHERE), tree.Return(back, NOWHERE)],
        )

    def _by_rule(
        self, function: str, helper: str, parameters: tuple[str, ...], result: str, right: tree.Expression, asks: bool
    ) -> None:
        """A derivative that a rule says: `right`, in the parameters and the result.

        `log'(-1)` has no value, whatever 1 / a is there. So where the rule alone may have one (`asks`), the result is
        given beside it, as a value that nobody can leave out:

            def dlog(a):            def log_prime(a):
                c = log(a)              c, dc = dlog(a)
                return c, 1 / a         return dc
        """
        used = result in {each.name for each in _names_in(right)}
        if not asks or used:
            home = "" if function not in self.maker.functions else function
            whole = called(function, [name(each) for each in parameters])
            given = tree.Assign((name(result),), None, (whole,), NOWHERE)
            self._add(home, helper, parameters, [*([given] if used else []), tree.Return((right,), NOWHERE)])
            return
        self._beside(function, helper, parameters, 1, right, result)

    def _beside(
        self, function: str, helper: str, parameters: tuple[str, ...], results: int,
        slope: tree.Expression = ZERO, result: str = "c",
    ) -> None:  # fmt: skip
        """Derivatives that do not need the function's values, which are computed beside them all the same."""
        home = "" if function not in self.maker.functions else function
        both = self.names.function(f"d{function if function.isidentifier() else 'op'}")
        inner = Names({*parameters, both})
        values = [name(inner.fresh(result)) for _ in range(results)]
        slopes = [name(inner.fresh(f"d{each.name}")) for each in values]
        whole = tree.Assign(tuple(values), None, (called(function, map(name, parameters)),), NOWHERE)
        self._add(home, both, parameters, [whole, tree.Return((*values, *([slope] * results)), NOWHERE)])
        taken = tree.Assign((*values, *slopes), None, (called(both, map(name, parameters)),), NOWHERE)
        self._add(home, helper, parameters, [taken, tree.Return(tuple(slopes), NOWHERE)])

    def _add(self, function: str, helper: str, parameters: tuple[str, ...], body: list[tree.Statement]) -> None:
        made = tree.Function(name(helper), tuple(name(each) for each in parameters), tuple(body), False, NOWHERE)
        self.made.setdefault(function, []).append(made)


def _names_in(expression: tree.Expression) -> list[tree.Name]:
    found = []
    pending: list[tree.Expression] = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, tree.Name):
            found.append(node)
        pending.extend(operands(node))
    return found
