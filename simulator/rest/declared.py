"""What each operation makes of its fields. These declarations are checked against every request, and what the table in
docs/simulator.md is made of. The names are those of Twilio's published API description."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from simulator.world import Application, IncomingNumber

PAGING = ("Page", "PageSize", "PageToken")
READ_ONLY = frozenset({"sid", "phone_number", "date_created", "date_updated"})


@dataclass(frozen=True)
class Fields:
    """Form fields, or the query of a list: carried out, left out with a warning, refused with a 501."""

    used: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def camel(name: str) -> str:
    """`voice_url` as a form field: `VoiceUrl`."""
    return "".join(part.capitalize() for part in name.split("_"))


def settable(kind: type[Any]) -> dict[str, str]:
    """The attributes of a resource that a form may set, by their fields' names."""
    return {camel(item.name): item.name for item in fields(kind) if item.name not in READ_ONLY}


def _dates(*names: str) -> tuple[str, ...]:
    return tuple(name + sign for name in names for sign in ("", "<", ">"))


NOTHING = Fields()
LIST = Fields(PAGING)
CALLS = Fields((*PAGING, "To", "From", "ParentCallSid", "Status", *_dates("StartTime", "EndTime")))
RECORDINGS = Fields((*PAGING, "CallSid", *_dates("DateCreated")), ("IncludeSoftDeleted",), ("ConferenceSid",))
CALLS_RECORDINGS = Fields((*PAGING, *_dates("DateCreated")))
NOTIFICATIONS = Fields((*PAGING, "Log", *_dates("MessageDate")))
NUMBERS = Fields((*PAGING, "PhoneNumber", "FriendlyName"), ("Beta", "Origin"))
APPLICATIONS = Fields((*PAGING, "FriendlyName"))
KEY = Fields(("FriendlyName",))

NEW_CALL = Fields(
    used=(
        "To", "From", "Url", "Method", "Twiml", "ApplicationSid", "FallbackUrl", "FallbackMethod", "StatusCallback",
        "StatusCallbackEvent", "StatusCallbackMethod", "SendDigits", "Timeout", "TimeLimit", "Record",
        "RecordingChannels", "RecordingStatusCallback", "RecordingStatusCallbackMethod", "RecordingStatusCallbackEvent",
        "MachineDetection", "AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod",
    ),
    ignored=(
        "Trim", "CallReason", "ClientNotificationUrl", "MachineDetectionTimeout", "MachineDetectionSpeechThreshold",
        "MachineDetectionSpeechEndThreshold", "MachineDetectionSilenceTimeout",
    ),
    refused=("CallerId", "RecordingTrack", "SipAuthUsername", "SipAuthPassword", "Byoc", "CallToken"),
)  # fmt: skip
CALL = Fields(
    ("Url", "Method", "Twiml", "Status", "FallbackUrl", "FallbackMethod", "StatusCallback", "StatusCallbackMethod",
     "TimeLimit"),
)  # fmt: skip

TEXTS = Fields((*PAGING, "To", "From", *_dates("DateSent")))
NEW_TEXT = Fields(
    used=(
        "To", "From", "Body", "MediaUrl", "MessagingServiceSid", "StatusCallback", "ApplicationSid", "ValidityPeriod",
        "SmartEncoded", "ScheduleType", "SendAt", "SendAsMms", "ShortenUrls",
    ),
    ignored=(
        "MaxPrice", "ProvideFeedback", "Attempt", "ForceDelivery", "ContentRetention", "AddressRetention",
        "TrafficType", "RiskCheck",
    ),
    refused=("ContentSid", "ContentVariables", "PersistentAction", "FallbackFrom"),
)  # fmt: skip
TEXT = Fields(("Body", "Status"))
TEXTS_MEDIA = Fields((*PAGING, *_dates("DateCreated")))

CONFERENCES = Fields((*PAGING, "FriendlyName", "Status", *_dates("DateCreated", "DateUpdated")))
CONFERENCE = Fields(("Status", "AnnounceUrl", "AnnounceMethod"))
PARTICIPANTS = Fields((*PAGING, "Muted", "Hold", "Coaching"))
PARTICIPANT = Fields(
    ("Muted", "Hold", "HoldUrl", "HoldMethod", "AnnounceUrl", "AnnounceMethod", "WaitUrl", "WaitMethod",
     "EndConferenceOnExit", "Coaching", "CallSidToCoach"),
    ("BeepOnExit",),
)  # fmt: skip
NEW_PARTICIPANT = Fields(
    used=(
        "To", "From", "Label", "Timeout", "TimeLimit", "StatusCallback", "StatusCallbackMethod", "StatusCallbackEvent",
        "Muted", "StartConferenceOnEnter", "EndConferenceOnExit", "WaitUrl", "WaitMethod", "EarlyMedia", "Coaching",
        "CallSidToCoach", "ConferenceStatusCallback", "ConferenceStatusCallbackMethod",
        "ConferenceStatusCallbackEvent", "Record", "RecordingChannels", "RecordingStatusCallback",
        "RecordingStatusCallbackMethod", "RecordingStatusCallbackEvent", "MachineDetection", "AmdStatusCallback",
        "AmdStatusCallbackMethod",
    ),
    ignored=(
        "Beep", "MaxParticipants", "Region", "JitterBufferSize", "Trim", "ConferenceTrim", "CallReason",
        "ClientNotificationUrl", "CallerDisplayName", "MachineDetectionTimeout", "MachineDetectionSpeechThreshold",
        "MachineDetectionSpeechEndThreshold", "MachineDetectionSilenceTimeout",
    ),
    refused=(
        "ConferenceRecord", "ConferenceRecordingStatusCallback", "ConferenceRecordingStatusCallbackMethod",
        "ConferenceRecordingStatusCallbackEvent", "RecordingTrack", "SipAuthUsername", "SipAuthPassword", "Byoc",
        "CallerId", "CallToken",
    ),
)  # fmt: skip

QUEUE = Fields(("FriendlyName", "MaxSize"))
MEMBER = Fields(("Url", "Method"))

USAGE = Fields((*PAGING, "Category", "StartDate", "EndDate", "IncludeSubaccounts"))
TRIGGERS = Fields((*PAGING, "Recurring", "TriggerBy", "UsageCategory"))
TRIGGER = Fields(("CallbackUrl", "CallbackMethod", "FriendlyName"))
NEW_TRIGGER = Fields((*TRIGGER.used, "TriggerValue", "UsageCategory", "Recurring", "TriggerBy"))

SERVICE = Fields(
    used=(
        "FriendlyName", "InboundRequestUrl", "InboundMethod", "FallbackUrl", "FallbackMethod", "StatusCallback",
        "StickySender", "SmartEncoding", "AreaCodeGeomatch", "ValidityPeriod", "UseInboundWebhookOnNumber", "Usecase",
    ),
    ignored=("MmsConverter", "ScanMessageContent", "FallbackToLongCode", "SynchronousValidation"),
)  # fmt: skip
SERVICES_NUMBER = Fields(("PhoneNumberSid",))

LOOKUP = Fields(
    ("Fields", "CountryCode"),
    ("FirstName", "LastName", "AddressLine1", "AddressLine2", "City", "State", "PostalCode", "AddressCountryCode",
     "NationalId", "DateOfBirth", "LastVerifiedDate", "VerificationSid", "PartnerSubId"),
)  # fmt: skip

MESSAGE = Fields(("Content",), ("IdempotencyKey",))
SUBSCRIPTION = Fields(("Callback", "Method"), ("IdempotencyKey",))

_ELSEWHERE = ("ApiVersion", "EmergencyStatus", "EmergencyAddressSid", "AddressSid", "IdentitySid", "BundleSid")
NUMBER = Fields(tuple(settable(IncomingNumber)), (*_ELSEWHERE, "VoiceReceiveMode"), ("AccountSid", "TrunkSid"))
NEW_NUMBER = Fields(("PhoneNumber", "AreaCode", *NUMBER.used), NUMBER.ignored, NUMBER.refused)
APPLICATION = Fields(tuple(settable(Application)), ("ApiVersion",))
