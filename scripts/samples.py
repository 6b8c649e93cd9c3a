"""Gives the samples of the desk's frames the fields that they have not got yet, from the examples of the API.

`make openapi` runs it. Both test suites read the samples: a field that a shape has won is put into each where it
belongs, a field that it has lost is taken out, and nothing else changes. A new frame's sample is written by hand.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "tests" / "payloads" / "desk"


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    for path in sorted(SAMPLES.glob("*.json")):
        before = path.read_text()
        after = written(completed(json.loads(before)))
        if after != before:
            path.write_text(after)
            print(f"{path.relative_to(ROOT)}: as the API's examples are")


def completed(frame: dict[str, Any]) -> dict[str, Any]:
    """A frame, told by the server, with the fields of its type."""
    from config.api_docs.examples import EXAMPLES
    from config.api_docs.views import description

    shapes = description()["components"]["schemas"]
    choices = shapes["ServerFrame"]["discriminator"]["mapping"]

    def of_shape(value: Any, shape: dict[str, Any], example: Any) -> Any:
        if "$ref" in shape:
            name = shape["$ref"].rpartition("/")[2]
            return of_shape(value, shapes[name], EXAMPLES.get(name, example))
        for part in (*shape.get("allOf", ()), *shape.get("oneOf", ())):
            if "$ref" in part:
                return of_shape(value, part, example)
        if isinstance(value, list) and "items" in shape:
            first = example[0] if isinstance(example, list) and example else None
            return [of_shape(each, shape["items"], first) for each in value]
        if not isinstance(value, dict) or "properties" not in shape:
            return value
        others = example if isinstance(example, dict) else {}
        return {
            name: of_shape(value[name], member, others.get(name)) if name in value else others[name]
            for name, member in shape["properties"].items()
            if name in value or name in others
        }

    choice = choices.get(frame["type"])
    return of_shape(frame, {"$ref": choice}, None) if choice else frame


def written(frame: dict[str, Any]) -> str:
    return json.dumps(frame, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
