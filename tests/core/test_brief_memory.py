from __future__ import annotations

from core import brief_memory
from core.brief_memory import BriefMemory


def test_what_was_read_is_kept_for_its_seconds(monkeypatch):
    memory: BriefMemory[str] = BriefMemory(5.0)
    begun = brief_memory.monotonic()
    monkeypatch.setattr(brief_memory, "monotonic", lambda: begun)

    memory.put("rules", memory.turn())

    assert memory.known() == "rules"
    monkeypatch.setattr(brief_memory, "monotonic", lambda: begun + 5.1)
    assert memory.known() is None


def test_what_was_read_before_a_change_is_not_kept_after_it():
    memory: BriefMemory[str] = BriefMemory(5.0)
    turn = memory.turn()

    memory.forget()
    memory.put("rules", turn)

    assert memory.known() is None
