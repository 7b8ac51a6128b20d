"""Facts -> what a person sees (level 6): values, answers, notes and errors as text, JSON, Markdown, LaTeX, CSV, HTML.

Comes in: what a run showed (`Shown`, `Answer`), its notes, its error. Goes out: strings, or pieces of text with roles
that `ansi` colours. Must not know: which verb answered (a new verb needs no change here), files, terminals, options.

    text       pieces of text with roles: aligned values, decimal-aligned tables
    ansi       roles -> colours
    folding    pieces of text in a narrower window
    numbers    a value -> its digits
    remarks    notes, laid out as errors are
    laying     rows and lines, with a look at the clock
    markdown, latex, csv, html, json     the same pieces for other readers
    forms      which of them an answer asked for
    bundles    all of them at once, for a notebook to choose from;  rich   an answer that does so itself
    last       what is shown where a program shows nothing
    help       what there is to know about a word: a verb, a function, a topic;  topics   the topics
"""
