"""What goes wrong on purpose between Twilio and a browser's phone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiortc import RTCDtlsTransport
from aiortc.rtp import is_rtcp

from simulator.faults import Faults, Kind, Occasion

if TYPE_CHECKING:
    from simulator.voice.exchange import Exchange
    from simulator.voice.session import Session

#: A socket's fate is drawn that often.
DRAW_SECONDS = 1.0


async def line_breaks(exchange: Exchange, session: Session) -> None:
    """Returns when the session's socket is to be cut; as long as no rule says so, it does not."""
    while True:
        await asyncio.sleep(DRAW_SECONDS)
        if not exchange.faults.rules:
            continue
        sids = {call.leg.sid for call in set(exchange.calls.values()) if call.session is session and call.leg}
        if exchange.faults.draw(Occasion(call_sids=sids), Kind.SIGNALLING_DROP):
            return


def loses_packet(faults: Faults, call_sid: str) -> bool:
    # Asked a hundred times a second for every call.
    return bool(faults.rules) and faults.draw(Occasion(call_sids=(call_sid,)), Kind.MEDIA_LOSS) is not None


def lose_packets(transport: RTCDtlsTransport, lost: Callable[[], bool]) -> None:
    """From now on `lost` is asked of every packet of sound that comes or goes by a transport.

    Below aiortc's counting, for the gaps have to show in both sides' statistics, as they do on a bad line.
    """
    send, receive = transport._send_rtp, transport._handle_rtp_data  # noqa: SLF001

    async def lossy_send(data: bytes) -> None:
        if is_rtcp(data) or not lost():
            await send(data)

    async def lossy_receive(data: bytes, arrival_time_ms: int) -> None:
        if not lost():
            await receive(data, arrival_time_ms=arrival_time_ms)

    transport._send_rtp = lossy_send  # type: ignore[method-assign]  # noqa: SLF001
    transport._handle_rtp_data = lossy_receive  # type: ignore[method-assign]  # noqa: SLF001
