"""Two things that aioice has no settings for. Importing this changes aioice for the whole process."""

from __future__ import annotations

import aioice
import aioice.ice

LOOPBACK = "127.0.0.1"

_lan_addresses = aioice.ice.get_host_addresses
_query_consent = aioice.Connection.query_consent


def host_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    """The addresses offered to browsers: those on the network and the loopback, IPv4 only to save sockets.

    aioice leaves the loopback out; a browser on a computer without a network has nothing else.
    """
    return [address for address in _lan_addresses(True, False) if address != LOOPBACK] + [LOOPBACK]


async def query_consent(connection: aioice.Connection) -> None:
    """Asks now and then whether the other side still wants to hear from us, but not for a closed connection.

    Closed in the moment in which ICE completes, aioice 0.13 begins to ask after the closing, and never stops.
    """
    if not connection._closing:  # noqa: SLF001
        await _query_consent(connection)


aioice.ice.get_host_addresses = host_addresses
aioice.Connection.query_consent = query_consent  # type: ignore[assignment, method-assign]
