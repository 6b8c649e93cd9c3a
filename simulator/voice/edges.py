"""Twilio's edges: where a phone's signalling connects to. The SDK asks for one by the name of the host.

The SDK's `regions.ts` holds the names.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs

ROAMING = "roaming"
#: What `roaming` comes out at: the simulator's account is at home in `us1`.
NEAREST = "ashburn"
#: The edges, with the region of each as `connected` names it.
EDGES = {
    "ashburn": "US_EAST_VIRGINIA",
    "dublin": "EU_IRELAND",
    "frankfurt": "EU_FRANKFURT",
    "sao-paulo": "SOUTH_AMERICA_SAO_PAULO",
    "singapore": "ASIAPAC_SINGAPORE",
    "sydney": "ASIAPAC_SYDNEY",
    "tokyo": "ASIAPAC_TOKYO",
    "umatilla": "US_WEST_OREGON",
    "ashburn-ix": "US_EAST_VIRGINIA",
    "frankfurt-ix": "EU_FRANKFURT",
    "london-ix": "EU_IRELAND",
    "san-jose-ix": "US_WEST_OREGON",
    "singapore-ix": "ASIAPAC_SINGAPORE",
    "sydney-ix": "ASIAPAC_SYDNEY",
    "tokyo-ix": "ASIAPAC_TOKYO",
}
_HOST = re.compile(r"voice-js\.([a-z0-9-]+)\.twilio\.com")


def edge_for(host: str, query: str) -> str | None:
    """The edge of a socket to `voice-js.EDGE.twilio.com`, or to `/signal?edge=EDGE`; None when Twilio has no such."""
    by_host = _HOST.match(host)
    asked = by_host[1] if by_host else parse_qs(query).get("edge", [ROAMING])[0]
    edge = NEAREST if asked == ROAMING else asked
    return edge if edge in EDGES else None
