"""`c = f(a, b) => dc = ...` -> a rule for one of the program's functions, as sound as a line of the table.

Law: it is the table's notation and the table's test: the right side is linear in the differentials of the
operands (`lang.rules.verify_linear`). And nothing is forgotten in silence: each operand has its
differential or is `fixed`.
"""

from __future__ import annotations

from lang.check.desk import Desk, defined_mark
from lang.check.expressions import value
from lang.check.names import Names
from lang.check.reading import builtin_heads, function_names
from lang.check.scope import Ruled, Signature, Use
from lang.check.suggest import advice
from lang.check.words import count, either, quoted
from lang.errors import AdError, Mark, RuleError, UnsetName
from lang.rules import fixed_by, verify_linear
from lang.source import Span
from lang.syntax import tree
from lang.syntax.walk import subexpressions


def rule(desk: Desk, node: tree.Rule) -> Ruled:
    """Check a rule, and make it part of its function's signature."""
    left = node.left
    if not isinstance(left, tree.Apply) or not all(isinstance(each, tree.Name) for each in left.arguments):
        raise RuleError(
            "the left side of a rule is a function called with plain names",
            left.span,
            label="not like `f(a, b)`",
            hint="write it like `c = f(a) => dc = 2 * a * da`",
        )
    signature = ruled_function(desk, left)
    operands = [each for each in left.arguments if isinstance(each, tree.Name)]
    own = own_names(node, operands)
    names = tuple(each.name for each in operands)
    free, calls = right_side(desk, node, own, names)
    fixed = fixed_operands(node, names)
    complete(node, names, fixed)
    desk.functions[signature.name] = signature.but(
        ruled=True,
        free={**free, **signature.free},
        calls={**calls, **signature.calls},
        fixed=frozenset(
            parameter for parameter, name in zip(signature.parameters, names, strict=True) if name in fixed
        ),
    )
    desk.ready.discard(signature.name)
    return Ruled(node, signature.name, names, fixed, frozenset(free))


def ruled_function(desk: Desk, left: tree.Apply) -> Signature:
    """The program's function that a rule is for."""
    name = left.function
    found = desk.functions.get(name)
    if found is None:
        raise not_ruled(desk, left)
    if found.results != 1:
        raise RuleError(
            f"`{name}` gives {found.results} results, and a rule is for one",
            left.name_span,
            label=f"gives {found.results}",
            marks=(defined_mark(found),),
            hint="make a function of each result and give each its rule",
        )
    if len(found.parameters) != len(left.arguments):
        raise RuleError(
            f"`{name}` takes {count(len(found.parameters), 'value')}, and this rule gives it "
            f"{len(left.arguments) or 'none'}",
            left.span,
            label=f"{len(left.arguments) or 'none'} given",
            marks=(defined_mark(found),),
            hint=f"call it like `{found.head}`",
        )
    if not found.parameters:
        raise RuleError(
            f"`{name}` takes no values, so it has no derivative",
            left.span,
            label="nothing to differentiate by",
            marks=(defined_mark(found),),
            hint="remove the rule",
        )
    return found


def not_ruled(desk: Desk, left: tree.Apply) -> AdError:
    """The error for a rule of something that is no function of the program, or not yet."""
    name = left.function
    if not name.isidentifier() or name in desk.builtin:
        what = builtin_heads(desk, name)[0] if name.isidentifier() else desk.source.slice(left.span)
        return RuleError(
            f"`{name}` is built in and has its rule",
            left.name_span,
            label=f"`{what}`",
            hint="a rule is for a function of your own, defined above it",
        )
    later = desk.outline.functions.get(name)
    if later:
        return UnsetName(
            f"the rule for `{name}` stands above its definition",
            left.name_span,
            label="not defined yet",
            marks=(Mark(later[0].name.span, "defined only here"),),
            hint=f"move the rule below the definition of `{name}`",
        )
    head = f"{name}({', '.join(each.name for each in left.arguments if isinstance(each, tree.Name))})"
    own = (each for each in function_names(desk) if each not in desk.builtin)
    return RuleError(
        f"I don't know the name `{name}`",
        left.name_span,
        label="nothing above defines it",
        hint=advice(name, own) or f"define it first: `{head} = ...`",
    )


def own_names(node: tree.Rule, operands: list[tree.Name]) -> dict[str, Span]:
    """The names that belong to a rule: its result, its operands, and their differentials."""
    own = {node.result.name: node.result.span}
    for each in operands:
        if each.name in own:
            raise RuleError(
                f"`{each.name}` stands for two things in this rule",
                each.span,
                label="again",
                marks=(Mark(own[each.name], "first here"),),
                hint="give the result and each operand a name of its own",
            )
        own[each.name] = each.span
    for each in operands:
        if "d" + each.name in own:
            raise RuleError(
                f"`d{each.name}` is both a name on the left and the differential of `{each.name}`",
                own["d" + each.name],
                label="this name is taken",
                hint="take another name on the left",
            )
    wanted = "d" + node.result.name
    if node.differential.name != wanted:
        raise RuleError(
            f"the rule for `{node.result.name}` says what `{wanted}` is, not `{node.differential.name}`",
            node.differential.span,
            hint=f"write `{wanted}`",
            label=f"`{wanted}` belongs here",
        )
    return own | {"d" + each.name: each.span for each in operands}


def fixed_operands(node: tree.Rule, operands: tuple[str, ...]) -> frozenset[str]:
    """The operands that a rule says there is no derivative by."""
    found = set()
    for clause in node.clauses:
        for each in fixed_by(clause.value) if clause.word == "fixed" else ():
            if not isinstance(each, tree.Name) or each.name not in operands:
                raise RuleError(
                    "`fixed` is followed by an operand of the rule",
                    each.span,
                    label="not an operand",
                    hint=f"name {either(quoted(operands))}",
                )
            found.add(each.name)
    return frozenset(found)


def right_side(
    desk: Desk, node: tree.Rule, own: dict[str, Span], operands: tuple[str, ...]
) -> tuple[dict[str, Span], dict[Use, Span]]:
    """Check the right side and the clauses; the names of the program they read, and the calls they make."""
    names = Names(dict(own), own, operands=operands)
    desk.names = names
    differentials = tuple("d" + name for name in operands)
    value(desk, node.right)
    verify_linear(node.right, differentials)
    plain = {name: span for name, span in own.items() if name not in differentials}
    for clause in node.clauses:
        if clause.word == "lecture":
            value(desk, clause.value)
            verify_linear(clause.value, differentials)
        elif clause.word != "fixed":
            desk.names = Names(dict(plain), plain, names.free, names.calls, operands)
            value(desk, clause.value)
            desk.names = names
    desk.names = desk.top
    return names.free, names.calls


def complete(node: tree.Rule, operands: tuple[str, ...], fixed: frozenset[str]) -> None:
    """Raise if the right side says nothing about an operand's differential; `0` alone speaks for all."""
    if isinstance(node.right, tree.Number):
        return
    used = {each.name for each in subexpressions(node.right) if isinstance(each, tree.Name)}
    for name in operands:
        if name in fixed and "d" + name in used:
            raise RuleError(
                f"this rule says `fixed {name}` and uses `d{name}`",
                node.right.span,
                label=f"`d{name}` is in it",
                hint=f"leave one of the two out: `fixed {name}` means that there is no derivative by it",
            )
        if name not in fixed and "d" + name not in used:
            raise RuleError(
                f"the right side says nothing about `d{name}`",
                node.right.span,
                label=f"`d{name}` is missing",
                hint=f"add its term; where no derivative by `{name}` is meant, write `fixed {name}` at "
                "the end of the rule",
            )
