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

_NAMES = {"_", "gettext", "gettext_lazy", "gettext_noop"}
_WITH_CONTEXT = {"pgettext", "pgettext_lazy"}
_PLURAL = {"ngettext", "ngettext_lazy"}
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
                found |= set(_keys(ast.parse(path.read_text())))
    for path in (ROOT / "templates").rglob("*.html"):
        for call in _CALL.findall(templatize(path.read_text())):
            found |= set(_keys(ast.parse(call.replace(", count)", ", 1)"))))
    return found


def _keys(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if node.func.id in _NAMES | _PLURAL and texts:
            yield "", texts[0]
        elif node.func.id in _WITH_CONTEXT and len(texts) == 2:
            yield texts[0], texts[1]


def blanks(text: str) -> set[str]:
    return set(re.findall(r"%\([a-z_]+\)[sd]|\{[a-z_]+\}", text))
