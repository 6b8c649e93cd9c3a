"""The messages' TwiML: asks the product about a text that came in, and does what it answers."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from simulator.identifiers import is_web_address
from simulator.inspector import without_credentials
from simulator.message import TextMessage
from simulator.texts import refusals
from simulator.texts.draft import Draft
from simulator.texts.parameters import incoming_params, status_params
from simulator.texts.refusals import RefusedError
from simulator.twiml.grammar import MESSAGING
from simulator.twiml.reading import SCHEMA_WARNING, TwimlError, Verb, read_document
from simulator.webhooks.sender import BAD_URL, TOO_MANY_REDIRECTS, Answer, Webhook

if TYPE_CHECKING:
    from simulator.texts.texts import Texts

log = logging.getLogger(__name__)

#: Documents that one text may lead through: a <Redirect> to itself would go on for ever.
MOST_DOCUMENTS = 100


@dataclass(frozen=True)
class Handler:
    """Where a text is told of, and where when that fails."""

    url: str
    method: str = "POST"
    fallback_url: str = ""
    fallback_method: str = "POST"

    @classmethod
    def of(cls, url: str | None, method: str, fallback_url: str | None, fallback_method: str) -> Handler | None:
        return cls(url, method, fallback_url or "", fallback_method) if url else None


@dataclass(frozen=True)
class Page:
    """The next document: where it is, and form fields beside those of the message that came in."""

    url: str
    method: str = "POST"
    params: dict[str, str] = field(default_factory=dict)
    kind: str = "text"


class TextScript:
    """One run of TwiML for one message."""

    def __init__(self, texts: Texts, message: TextMessage, handler: Handler) -> None:
        self._texts = texts
        self._message = message
        self._handler = handler
        self._here = handler.url

    async def run(self) -> None:
        page: Page | None = Page(self._handler.url, self._handler.method)
        for _ in range(MOST_DOCUMENTS):
            verbs = await self._load(page)
            page = self._run_verbs(verbs)
            if page is None:
                return
        self._warn(TOO_MANY_REDIRECTS, "The TwiML goes from document to document without an end", level="error")

    def _run_verbs(self, verbs: list[Verb]) -> Page | None:
        """Does what a document says; where it leads, if anywhere."""
        for verb in verbs:
            if verb.refused:
                log.warning("%s: the simulator does not build %s", self._message.sid, verb.refused)
                self._warn(None, f"The simulator does not build {verb.refused}; Twilio might run it", level="error")
                return None
            if verb.name == "Redirect":
                return self._page(verb.text, verb)
            reply = self._reply(verb)
            if reply is not None and verb.get("action"):
                params = dict(status_params(reply, reply.status))
                return self._page(verb.get("action"), verb, params, "text-action")
        return None

    def _reply(self, verb: Verb) -> TextMessage | None:
        """Sends what a <Message> holds; None when it is not taken, which is warned of."""
        body = verb.text or "".join(child.text for child in verb.children if child.name == "Body")
        media = tuple(self._url(child.text) for child in verb.children if child.name == "Media")
        callback = self._url(verb.get("statusCallback")) if verb.get("statusCallback") else ""
        if callback and not is_web_address(callback):
            self._warn(BAD_URL, f"{callback} cannot be called back", level="error")
            callback = ""
        try:
            refusals.check_content(body, len(media))
            for url in media:
                if not is_web_address(url):
                    raise RefusedError(21620, url)
            to = refusals.recipient(verb.get("to") or self._message.from_ or "")
            from_ = refusals.sender(self._texts.world, verb.get("from") or self._message.to, to)
            draft = Draft(to, from_, body, media, status_callback=callback)
            return self._texts.send(draft, "outbound-reply")
        except RefusedError as error:
            self._warn(error.code, f"A <Message> was not taken: error {error.code} {error.about}", level="error")
            return None

    def _page(
        self, reference: str, verb: Verb, params: dict[str, str] | None = None, kind: str = "text"
    ) -> Page | None:
        """Where a verb leads; None when that is nowhere."""
        url = self._url(reference)
        if not is_web_address(url):
            self._warn(BAD_URL, f"{url} cannot be requested", level="error")
            return None
        return Page(url, verb.get("method", "POST"), params or {}, kind)

    def _url(self, reference: str) -> str:
        """A URL as a document means it; as it stands when it is none."""
        try:
            return urljoin(self._here, reference)
        except ValueError:
            return reference

    # --- documents --------------------------------------------------------------------------------------------------

    async def _load(self, page: Page | None) -> list[Verb]:
        """The verbs of a document, or of the fallback's when it fails; none when there are none to be had."""
        assert page is not None  # noqa: S101
        problem = await self._fetch(page)
        if isinstance(problem, list):
            return problem
        if not self._handler.fallback_url:
            return []
        extra = {
            **page.params,
            "ErrorCode": str(problem.error_code),
            "ErrorUrl": without_credentials(page.url).partition("#")[0],
        }
        second = Page(self._handler.fallback_url, self._handler.fallback_method, extra, "text-fallback")
        problem = await self._fetch(second)
        return problem if isinstance(problem, list) else []

    async def _fetch(self, page: Page) -> list[Verb] | Answer:
        message = self._message
        params = list({**incoming_params(self._texts.config, message), **page.params}.items())
        answer = await self._texts.sender.send(
            Webhook(
                page.kind,
                page.url,
                page.method,
                params,
                credentials=message.credentials,
                message_sid=message.sid,
                cookies=message.cookies,
            )
        )
        if answer.error_code is None and not answer.body.strip():
            return []  # no answer is asked for: Twilio takes an empty one
        if answer.error_code is None:
            try:
                verbs, warnings = read_document(answer.body, answer.content_type, MESSAGING)
            except TwimlError as error:
                answer = Answer(answer.url, answer.status, error_code=error.code, error=str(error))
            else:
                self._here = answer.url
                for warning in warnings:
                    self._warn(SCHEMA_WARNING, warning)
                return verbs
        self._warn(answer.error_code, f"{without_credentials(page.url)}: {answer.error}", level="error")
        return answer

    def _warn(self, code: int | None, text: str, *, level: str = "warning") -> None:
        self._texts.inspector.warn(code, text, message_sid=self._message.sid, level=level)
