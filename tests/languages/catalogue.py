"""Reading gettext's catalogues, and what the code asks of them, without gettext's programs."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

from tests.packages import PRODUCT, ROOT

# What marks a text, and where among its arguments context and text stand.
_MARKS = {
    "gettext": (None, 0), "gettext_lazy": (None, 0), "gettext_noop": (None, 0), "kept": (None, 0),
    "ngettext": (None, 0), "ngettext_lazy": (None, 0),
    "pgettext": (0, 1), "pgettext_lazy": (0, 1), "npgettext": (0, 1), "npgettext_lazy": (0, 1),
}  # fmt: skip
_MARKED_BY = {"django.utils.translation", "core.languages"}
_TEXT = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
# What Django makes of a template for xgettext.
_CALL = re.compile(rf"[pn]?gettext\({_TEXT}(?:, {_TEXT})?(?:, count)?\)")


@dataclass
class Entry:
    key: str
    context: str = ""
    plural: str = ""
    texts: list[str] = field(default_factory=list)
    is_fuzzy: bool = False


def po_entries(path: Path) -> list[Entry]:
    """All but the header."""
    return [entry for block in path.read_text().split("\n\n") if (entry := _entry(block)).key]


def _entry(block: str) -> Entry:
    entry, parts, name = Entry(""), {}, ""
    for line in block.splitlines():
        if line.startswith("#"):
            entry.is_fuzzy |= line.startswith("#,") and "fuzzy" in line
            continue
        if match := re.match(r"(msg[a-z_]+(?:\[[0-9]\])?) ", line):
            name, line = match[1], line[match.end() :]
        parts[name] = parts.get(name, "") + ast.literal_eval(line)
    entry.key, entry.context = parts.get("msgid", ""), parts.get("msgctxt", "")
    entry.plural = parts.get("msgid_plural", "")
    entry.texts = [text for name, text in sorted(parts.items()) if name.startswith("msgstr")]
    return entry


def mo_texts(path: Path) -> dict[object, str]:
    with path.open("rb") as file:
        return dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]


def keys_in_code() -> set[tuple[str, str]]:
    """Each text that the code or a template asks for, with its context."""
    found: set[tuple[str, str]] = set()
    for package in PRODUCT:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" not in path.parts:
                found |= set(keys(ast.parse(path.read_text())))
    for path in (ROOT / "templates").rglob("*.html"):
        for call in _CALL.findall(templatize(path.read_text())):
            found |= set(keys(ast.parse(call.replace(", count)", ", 1)")), {name: name for name in _MARKS}))
    return found


def keys(tree: ast.Module, names: dict[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """Of one module: whatever it calls gettext, for what it asks is asked of the catalogue under any name."""
    names = dict(names or {})
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in _MARKED_BY:
            names |= {alias.asname or alias.name: alias.name for alias in node.names if alias.name in _MARKS}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        func = node.func
        name = names.get(func.id) if isinstance(func, ast.Name) else None
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "translation":
            name = func.attr if func.attr in _MARKS else None
        if name is None:
            continue
        context, text = (None if at is None else _constant(node, at) for at in _MARKS[name])
        if text is not None:
            yield context or "", text


def _constant(call: ast.Call, at: int) -> str | None:
    arg = call.args[at] if len(call.args) > at else None
    return arg.value if isinstance(arg, ast.Constant) and isinstance(arg.value, str) else None


def blanks(text: str) -> set[str]:
    return set(re.findall(r"%\([a-z_]+\)[sd]|\{[a-z_]+\}", text))
