"""grammar/ad.lark -> tables of plain lists: which word follows which, and which rule a finished phrase
belongs to.

Law: the only importer of lark, and only when the tables are not in the cache yet. Lark works out the LALR(1)
tables and the definitions of the words; `flatten` puts what Lark's own serialisation says into few, small
lists that JSON can hold:

    words   [name, fixed spelling or None, pattern or None, soft]    a word's kind is its index here
    rules   [index of the phrase, length, builder or index of the one part that is passed on]
    states  [row of actions, row of gotos], each row flat: key, value, key, value, ...

An action is a state to go to (0 and up) or, negative, `~rule`. Rules that only pass on a single part come
last.
"""

from __future__ import annotations

from typing import Any

FORMAT = 1
START_SYMBOLS = ("program", "rules")
END = "$END"

# Kinds that the parser treats by number: values first; last, in this order, what opens and closes.
FIRST = ("NAME", "NUMBER")
LAST = ("LPAR", "LSQB", "RPAR", "RSQB", "_NEWLINE", "_INDENT", "_DEDENT", END)


def compile_grammar(text: str) -> dict[str, Any]:
    """The tables of a grammar, as JSON can hold them."""
    from lark import Lark
    from lark.grammar import Rule
    from lark.lexer import TerminalDef

    parser = Lark(text, parser="lalr", lexer="basic", start=list(START_SYMBOLS))
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    return flatten(data, memo)


def flatten(data: dict[str, Any], memo: dict[Any, Any]) -> dict[str, Any]:
    """Lark's serialised parser in small lists."""
    lookup = {str(key): value for key, value in memo.items()}
    configuration = data["parser"]["lexer_conf"]
    terminals = [lookup[str(each["@"])] for each in configuration["terminals"]]
    ignored = [each for each in terminals if each["name"] in configuration["ignore"]]
    words = _words([each for each in terminals if each not in ignored])
    kinds = {word[0]: kind for kind, word in enumerate(words)}
    rules, numbers, phrases = _rules([str(each["@"]) for each in data["rules"]], lookup)
    machine = data["parser"]["parser"]
    for finished in machine["end_states"].values():
        machine["states"][finished] = {_key_of(machine["tokens"], END): (0, finished)}
    return {
        "words": words,
        "ignored": [each["pattern"]["value"] for each in ignored],
        "rules": rules,
        "passing": next((at for at, rule in enumerate(rules) if rule[1] == 1 and rule[2] == 0), len(rules)),
        "states": [
            _rows(machine["states"][key], machine["tokens"], kinds, phrases, numbers)
            for key in sorted(machine["states"], key=int)
        ],
        "starts": machine["start_states"],
    }


def _key_of(tokens: dict[Any, str], name: str) -> Any:
    return next(key for key, each in tokens.items() if each == name)


def _words(terminals: list[dict[str, Any]]) -> list[list[Any]]:
    found = {name: [name, None, None, False] for name in (END, "_INDENT", "_DEDENT")}
    for each in terminals:
        pattern, fixed = each["pattern"]["value"], each["pattern"]["__type__"] == "PatternStr"
        found[each["name"]] = [
            each["name"],
            pattern if fixed else None,
            None if fixed else pattern,
            each["priority"] < 0,
        ]
    middle = [name for name in found if name not in FIRST + LAST]
    return [found[name] for name in (*FIRST, *middle, *LAST)]


def _rules(keys: list[str], lookup: dict[str, Any]) -> tuple[list[list[Any]], dict[str, int], dict[str, int]]:
    """Rules, each key's place among them, and the numbers of the phrases."""
    phrases: dict[str, int] = {}
    made = []
    for key in keys:
        rule = lookup[key]
        origin, expansion = rule["origin"]["name"], rule["expansion"]
        kept = [at for at, each in enumerate(expansion) if not each.get("filter_out")]
        builder = rule["alias"] or (kept[0] if rule["options"]["expand1"] and len(kept) == 1 else origin)
        made.append((key, [phrases.setdefault(origin, len(phrases)), len(expansion), builder]))
    made.sort(key=lambda each: each[1][1] == 1 and each[1][2] == 0)
    return [rule for _, rule in made], {key: at for at, (key, _) in enumerate(made)}, phrases


def _rows(
    state: dict[Any, Any],
    tokens: dict[Any, str],
    kinds: dict[str, int],
    phrases: dict[str, int],
    numbers: dict[str, int],
) -> list[list[int]]:
    names = {str(key): name for key, name in tokens.items()}
    actions: list[int] = []
    gotos: list[int] = []
    for key, (reduces, target) in state.items():
        name = names[str(key)]
        value = ~numbers[str(target["@"])] if reduces else int(target)
        if name in kinds:
            actions += kinds[name], value
        else:
            gotos += phrases[name], value
    return [actions, gotos]
