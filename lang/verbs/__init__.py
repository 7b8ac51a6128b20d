"""A question about a program -> an answer: one file a verb (level 5).

Comes in: a recipe (a program with its inputs) and a question (targets and clauses). Goes out: an `Answer` of facts in
plain pieces (values, grids, listings) that any face can show. Must not know: faces, colours, files.

A new verb is one new file here, named as the verb, with a `VERB` in it; the language, the command line, the REPL,
`lang.Program` and the help find it through `core.registry`.
"""
