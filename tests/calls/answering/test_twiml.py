"""TwiML as text is what Twilio's library would write."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from twilio.twiml.voice_response import VoiceResponse

from calls.answering import twiml
from core.text import fit_for_xml
from telephony.limits import MAX_RUNG

texts = st.text(st.characters(), max_size=20) | st.sampled_from(['<&>"', "'", "\r\n\t", "é😀", "A\x0bB", "\ufffe\x00"])


@hypothesis_settings(max_examples=300, deadline=None)
@given(sentences=st.lists(texts, max_size=3))
def test_sentences_are_written_as_the_library_writes_them(sentences):
    expected = VoiceResponse()
    for sentence in sentences:
        expected.say(fit_for_xml(sentence), language="en-US", voice="Polly.Joanna")
    expected.hangup()

    found = twiml.say_and_hang_up_twiml(*(twiml.Said(text, "en-US", "Polly.Joanna") for text in sentences))

    assert found == str(expected)
    ElementTree.fromstring(found)


@hypothesis_settings(max_examples=300, deadline=None)
@given(
    identities=st.lists(texts.filter(bool), max_size=12),
    parameters=st.dictionaries(texts, texts, max_size=4),
    url=st.sampled_from(["https://desk.example.com/x/", "https://a:b@c/?d=1&e=<"]),
)
def test_each_agent_is_told_all_about_the_call_as_the_library_writes_it(identities, parameters, url):
    expected = VoiceResponse()
    dial = expected.dial(answer_on_bridge=True, timeout=20, action=url)
    for identity in identities[:MAX_RUNG]:
        client = dial.client(
            status_callback=url,
            status_callback_event="initiated ringing answered completed",
            status_callback_method="POST",
        )
        client.identity(fit_for_xml(identity))
        for name, value in parameters.items():
            client.parameter(name=fit_for_xml(name), value=fit_for_xml(value))

    found = twiml.ring_agents_twiml(
        identities=identities, parameters=parameters, timeout=20, action_url=url, status_url=url
    )

    assert found == str(expected)
    ElementTree.fromstring(found)
