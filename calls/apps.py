from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "calls"

    def ready(self) -> None:
        from calls.recorder.rest_recording import rest_request_record
        from telephony.rest.signals import rest_request

        rest_request.connect(rest_request_record, dispatch_uid="calls.rest_request_record")
