"""What robots asked of the product."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of the product, and what it answered: a status, 0 for no answer."""

    life: str
    root: str
    what: str
    status: int
    #: Of supervisors: who asked, for which mode, and whether the product showed in time that it is so.
    by: int = 0
    mode: str = ""
    came: bool = False

    @property
    def taken(self) -> bool:
        return self.status == 202

    @property
    def may_be_taken(self) -> bool:
        """Nobody was told that it was not."""
        return self.taken or self.status in (0, 502, 503, 504)
