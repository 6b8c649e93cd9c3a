"""Who hears whom, of several desks and telephones at the same moment: each sings a tone of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.browser.stack import eventually
from tests.browser.tones import AWAY, LOUD, QUIET, THERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.browser.desk import DeskPage
    from tests.browser.stack import Stack

SECONDS = 0.8
PATIENCE = 60.0
#: Of 32767: how loud a voice is at a telephone at least, and at most when it is not there. Browsers take a tone that
#: goes on and on for noise, and make it softer.
LINE_THERE, LINE_AWAY = 250.0, 60.0
MUSIC = "music"


class Everybody:
    """All who take part, by their names: agents at desks, and callers once they have called."""

    def __init__(self, stack: Stack, tones: Mapping[str, int]) -> None:
        self._stack, self._tones = stack, tones
        self.desks: dict[str, DeskPage] = {}
        #: The calls of the telephones.
        self.callers: dict[str, str] = {}
        self._before: dict[str, str] = {}

    def hear(self, **whom: str) -> None:
        """Everybody hears just these, by their names; `MUSIC`: nobody, but something. First it waits for all that is
        new, then it is heard that nothing else is: a whisper has come, and who is not to hear it does not."""
        assert whom.keys() == self._tones.keys()
        wanted = {name: " ".join(sorted(voices.split())) for name, voices in whom.items()}
        news = {name for name, voices in wanted.items() if voices != self._before.get(name)}
        for listeners in (news, wanted.keys() - news):
            self._hear({name: wanted[name] for name in listeners})
        self._before = wanted

    def _hear(self, wanted: dict[str, str]) -> None:
        missing = dict(wanted)

        def so() -> bool:
            for name, heard in self._now(missing).items():
                if heard == wanted[name]:
                    del missing[name]
                else:
                    missing[name] = heard
            return not missing

        try:
            eventually(so, "all hear whom they should", seconds=PATIENCE)
        except AssertionError as error:
            found = "; ".join(f"{name} hears {heard or 'nobody'}" for name, heard in missing.items())
            raise AssertionError(f"{found}, and not as it should be: {wanted}") from error

    def _now(self, names: Iterable[str]) -> dict[str, str]:
        """What each of these hears while all listen; of whom it cannot be said, with a question mark."""
        names, tones = list(names), list(self._tones.values())
        desks = {name: desk for name, desk in self.desks.items() if name in names}
        lines = {name: sid for name, sid in self.callers.items() if name in names}
        found = dict.fromkeys(names, "")
        with ThreadPoolExecutor(len(lines) + 1) as ears:
            listening = {name: ears.submit(self._stack.heard, sid, SECONDS, tones) for name, sid in lines.items()}
            for desk in desks.values():
                desk.listen(round(SECONDS * 1000), tones)
            for name, desk in desks.items():
                heard = desk.heard()
                found[name] = self._words(heard["level"], THERE, AWAY, is_loud=heard["rms"] >= QUIET)
            for name, ear in listening.items():
                of_line = ear.result()
                levels = [tone["level"] for tone in of_line["tones"]]
                found[name] = self._words(levels, LINE_THERE, LINE_AWAY, is_loud=of_line["rms"] > LOUD)
        return found

    def _words(self, levels: list[float], there: float, away: float, *, is_loud: bool) -> str:
        levels_of = dict(zip(self._tones, levels, strict=True))
        voices = [name if level > there else f"{name}?" for name, level in levels_of.items() if level > away]
        return " ".join(sorted(voices)) or (MUSIC if is_loud else "")
