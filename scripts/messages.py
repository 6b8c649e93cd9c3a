"""Renews locale/*/LC_MESSAGES/django.po from the code, compiles it, and says what is not translated.

`make messages` runs it. xgettext and msgfmt are needed here only (on Debian: apt-get install gettext): the compiled
catalogue is kept beside the other, so that a clone needs neither.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
NOT_OURS = (".venv*", "frontend", "simulator", "tests", "bench", "docs", "scripts", "staticfiles")


def main() -> int:
    if shutil.which("xgettext") is None or shutil.which("msgfmt") is None:
        print("gettext is not there. On Debian: apt-get install gettext", file=sys.stderr)
        return 1
    _renew()
    missing = 0
    for po in sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po")):
        # A time in it would change the file although no text did.
        po.write_text(re.sub(r'^"(?:POT-Creation|PO-Revision)-Date:.*\n', "", po.read_text(), flags=re.MULTILINE))
        _run(["msgfmt", "--check-format", "--check-domain", "--output-file", str(po.with_suffix(".mo")), str(po)])
        found = _entries(po, "--untranslated") + _entries(po, "--only-fuzzy")
        texts = [line for line in found.splitlines() if line.startswith("msgid ") and line != 'msgid ""']
        missing += len(texts)
        print(f"{po.relative_to(ROOT)}: {len(texts)} not translated")
        for text in texts:
            print(f"  {text.removeprefix('msgid ')}")
    return 1 if missing else 0


def _renew() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    import django
    from django.core.management import call_command
    from django.core.management.commands import makemessages

    class Renew(makemessages.Command):
        # A text is translated or it is not: what was said of one that is like it would only look as if it were.
        msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    django.setup()
    ignored = [f"--ignore={pattern}" for pattern in NOT_OURS]
    call_command(Renew(), "--locale=de", "--no-location", "--no-obsolete", "--no-wrap", *ignored)


def _run(command: list[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


def _entries(po: Path, which: str) -> str:
    command = ["msgattrib", which, "--no-obsolete", "--no-wrap", str(po)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
