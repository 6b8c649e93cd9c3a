"""Where Twilio fetches the files of a text that goes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from messaging.models import MessageMedia

Urls = Callable[[Sequence[int]], Mapping[int, Sequence[str]]]


def _as_stored(message_ids: Sequence[int]) -> dict[int, list[str]]:
    urls: dict[int, list[str]] = {}
    if message_ids:
        rows = MessageMedia.objects.filter(message__in=message_ids).exclude(source_url="").order_by("position")
        for message_id, url in rows.values_list("message", "source_url"):
            urls.setdefault(message_id, []).append(url)
    return urls


_urls: Urls = _as_stored


def media_urls_from(urls: Urls) -> None:
    """From now on, addresses are made like that: said by who keeps the files, when the app is ready."""
    global _urls
    _urls = urls


def media_urls(message_ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """For each of these messages that has files, the addresses that Twilio is given."""
    return _urls(message_ids)
