"""What the simulator carries out, leaves out and refuses, as the table in docs/simulator.md.

`python -m simulator.capabilities` writes it there; `--check` only says whether it is current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from simulator.rest.routes import ELSEWHERE, OPERATIONS
from simulator.twiml.grammar import MESSAGING, NOUNS, UNBUILT_VERBS, VERBS, Grammar

DOCUMENT = Path(__file__).parent.parent / "docs" / "simulator.md"
BEGIN, END = "<!-- capabilities: written by `python -m simulator.capabilities` -->\n", "<!-- /capabilities -->\n"
HEAD = ("", "Carried out", "Left out, with a warning", "Refused")


def table() -> str:
    """The Markdown table: TwiML, then the REST API."""
    rows = [HEAD, ("---",) * len(HEAD)]
    rows += [_element(name, grammar) for name, grammar in VERBS.items()]
    rows += [_element(name, grammar, "noun ") for name, grammar in NOUNS.items()]
    rows.append(("other verbs", "", "what Twilio does not know", _list(f"<{verb}>" for verb in sorted(UNBUILT_VERBS))))
    rows += [_element(name, grammar, "for texts: ") for name, grammar in MESSAGING.verbs.items()]
    rows += [_element(name, grammar, "for texts: noun ") for name, grammar in MESSAGING.nouns.items()]
    for method, path, _, fields in [*OPERATIONS, *ELSEWHERE]:
        columns = (_list(fields.used), _list(fields.ignored), _list(fields.refused))
        rows.append((f"`{method} {path}`", *(columns if any(columns) else ("yes", "", ""))))
    rows.append(("other operations, and hosts", "", "fields that Twilio does not document", "all, with a 501"))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _element(name: str, grammar: Grammar, kind: str = "") -> tuple[str, ...]:
    children = grammar.children if name != "Say" else ()
    built = _list([*grammar.attributes, *(f"<{child}>" for child in sorted(children))]) or "yes"
    left_out = [f"`{key}`" for key in grammar.ignored] + [f"`{key}` (without one)" for key in grammar.decoration]
    ignored = ", ".join(left_out + (["SSML (without one: spoken as plain words)"] if name == "Say" else []))
    refused = [f"`{key}` ({value.words})" for key, value in grammar.refused.items()]
    refused += [f"`<{child}>`" for child in sorted(grammar.unbuilt)]
    return (f"{kind}`<{name}>`", built, ignored, ", ".join(refused))


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def renewed(document: str) -> str:
    """The document with the table as it should be. Raises `ValueError` when it has no place for it."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{DOCUMENT.name} has no place for the table: {BEGIN.strip()} … {END.strip()}")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def main(arguments: list[str]) -> int:
    document = DOCUMENT.read_text()
    wanted = renewed(document)
    if arguments == ["--check"]:
        if document != wanted:
            sys.stderr.write(f"{DOCUMENT.name} is out of date: run `python -m simulator.capabilities`\n")
        return int(document != wanted)
    DOCUMENT.write_text(wanted)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
