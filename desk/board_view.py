"""A desk that shows the board: it is told the board while it does, and as long as its agent may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from channels.db import database_sync_to_async
from django.utils.translation import gettext_noop

from agents.permissions import is_supervisor_or_admin
from board.selectors import NoSuchTeam, Scope, scope_of
from board.watch import Viewer, viewers

if TYPE_CHECKING:
    from agents.models import Agent
    from desk.own_presence import Handler
    from desk.socket_auth import Access


class BoardView:
    """A part of the desk's consumer. Each handler is called once the agent's rights have been looked at."""

    _access: Access | None
    channel_name: str
    language: str
    # What it shows: one team, or all that the agent may see.
    shows_board = False
    board_team: int | None = None
    # How often it was opened: who opens it again is told again.
    board_turn = 0

    async def _error(self, key: str) -> None:
        raise NotImplementedError

    async def _send_text(self, text: str) -> None:
        raise NotImplementedError

    async def _on_board_open(self, frame: dict[str, Any]) -> None:
        team = frame.get("team")
        if team is not None and (isinstance(team, bool) or not isinstance(team, int)):
            await self._error(gettext_noop("board.open needs `team`, one of your teams, or null."))
            return
        self.shows_board, self.board_team, self.board_turn = True, team, self.board_turn + 1
        await self._show_board()

    async def _on_board_close(self, frame: dict[str, Any]) -> None:
        self._board_closed()

    def _board_closed(self) -> None:
        self.shows_board = False
        viewers.remove(self.channel_name)

    async def _show_board(self) -> None:
        """Has the board told to this desk, as its agent may see it now."""
        if not self.shows_board or self._access is None:
            return
        if not is_supervisor_or_admin(self._access.agent):
            self._board_closed()
            await self._error(gettext_noop("Only supervisors and admins can do this."))
            return
        scope = await self._board_scope(self._access.agent)
        if scope is None and viewers.of(self.channel_name) is not None:
            # The team that was looked at is none of the own any more: the others are.
            self.board_team = None
            scope = await self._board_scope(self._access.agent)
        if scope is None:
            self._board_closed()
            await self._error(gettext_noop("There is no such team among yours."))
            return
        viewer = Viewer(scope, self.language, self.board_turn)
        # In the meantime the socket, or the board, may have been closed.
        if self.shows_board and viewers.of(self.channel_name) != viewer:
            viewers.add(self.channel_name, viewer)

    def _shows(self, viewer: Viewer) -> bool:
        return self.shows_board and viewers.of(self.channel_name) == viewer

    @database_sync_to_async
    def _board_scope(self, agent: Agent) -> Scope | None:
        try:
            return scope_of(agent, self.board_team)
        except NoSuchTeam:
            return None

    BOARD_HANDLERS: ClassVar[dict[str, Handler]] = {
        "board.open": _on_board_open,
        "board.close": _on_board_close,
    }
