"""Recordings and their sound: Twilio Docs, "Recordings resource"."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import av
from starlette.responses import JSONResponse, Response

from simulator.engine.recorder import sound_of
from simulator.identifiers import rfc2822
from simulator.ports import SAMPLE_RATE
from simulator.rest.api import API, ApiRequest
from simulator.rest.errors import ApiError
from simulator.rest.finding import find_call, within
from simulator.rest.paging import page_response
from simulator.world import Recording


def recording_json(recording: Recording, account_sid: str, base_url: str) -> dict[str, Any]:
    base = f"{API}/Accounts/{account_sid}/Recordings/{recording.sid}"
    return {
        "sid": recording.sid,
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "call_sid": recording.call_sid,
        "conference_sid": None,
        "channels": recording.channels,
        "date_created": rfc2822(recording.date_created),
        "date_updated": rfc2822(recording.date_updated),
        "start_time": rfc2822(recording.start_time),
        "duration": str(round(recording.duration)) if recording.status == "completed" else None,
        "encryption_details": None,
        "error_code": None,
        "media_url": base_url + base,
        "price": None,
        "price_unit": "USD",
        "source": recording.source,
        "status": recording.status,
        "track": "both",
        "uri": f"{base}.json",
        "subresource_uris": {
            "add_on_results": f"{base}/AddOnResults.json",
            "transcriptions": f"{base}/Transcriptions.json",
        },
    }


async def fetch(api: ApiRequest) -> Response:
    config = api.engine.config
    return JSONResponse(recording_json(_recording(api), config.account_sid, config.base_url))


async def media(api: ApiRequest) -> Response:
    """The WAV file. Without an extension it is WAV too, as with Twilio."""
    return Response(await _sound(api), media_type="audio/x-wav")


async def media_mp3(api: ApiRequest) -> Response:
    wav = await _sound(api)
    return Response(await asyncio.to_thread(to_mp3, wav), media_type="audio/mpeg")


def to_mp3(wav: bytes) -> bytes:
    """The same sound as MP3, made when it is asked for."""
    out = io.BytesIO()
    with av.open(io.BytesIO(wav), "r") as source, av.open(out, "w", format="mp3") as target:
        layout = "stereo" if source.streams.audio[0].channels > 1 else "mono"
        stream = target.add_stream("libmp3lame", rate=SAMPLE_RATE, layout=layout, format="s16p")
        resampler = av.AudioResampler("s16p", layout, SAMPLE_RATE)
        for frame in source.decode(audio=0):
            for planar in resampler.resample(frame):
                target.mux(stream.encode(planar))
        target.mux(stream.encode(None))
    return out.getvalue()


async def delete(api: ApiRequest) -> Response:
    del api.engine.world.recordings[_recording(api).sid]
    return Response(status_code=204)


async def index(api: ApiRequest) -> Response:
    """All recordings, newest first, or those of a call. Raises `ApiError` when there is no such call."""
    if "call" in api.request.path_params:
        find_call(api)
    config, query = api.engine.config, api.request.query_params
    call_sid = api.request.path_params.get("call") or query.get("CallSid")
    recordings = [
        recording
        for recording in reversed(api.engine.world.recordings.values())
        if call_sid in (None, recording.call_sid) and within(recording.date_created, query, "DateCreated")
    ]

    def as_json(recording: Recording) -> dict[str, Any]:
        return recording_json(recording, config.account_sid, config.base_url)

    return page_response(api, "recordings", recordings, as_json, newest_first=True)


async def _sound(api: ApiRequest) -> bytes:
    """There is none before the recording is complete."""
    recording = _recording(api)
    if recording.status != "completed":
        raise _missing(api)
    return await sound_of(api.engine, recording)


def _recording(api: ApiRequest) -> Recording:
    recording = api.engine.world.recordings.get(api.path("recording"))
    if recording is None:
        raise _missing(api)
    return recording


def _missing(api: ApiRequest) -> ApiError:
    return ApiError(20404, f"/Accounts/{api.engine.config.account_sid}/Recordings/{api.path('recording')}.json")
