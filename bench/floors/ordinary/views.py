"""Webhooks and the token endpoint as the libraries' own documentation shows them."""

from django.conf import settings
from django.http import HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django_twilio.decorators import twilio_view
from rest_framework.response import Response
from rest_framework.views import APIView
from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Dial, VoiceResponse

from bench.floors.ordinary.models import Call, IssuedToken


def _signed(request):
    validator = RequestValidator(settings.TWILIO_AUTH_TOKEN)
    url = request.build_absolute_uri()
    return validator.validate(url, request.POST, request.headers.get("X-Twilio-Signature", ""))


def _ring_an_agent():
    response = VoiceResponse()
    dial = Dial(answer_on_bridge=True, timeout=20)
    dial.client("agent_1")
    response.append(dial)
    return response


def _save(request):
    call, _ = Call.objects.get_or_create(sid=request.POST["CallSid"])
    call.parent_sid = request.POST.get("ParentCallSid", "")
    call.caller, call.called = request.POST.get("From", ""), request.POST.get("To", "")
    call.status = request.POST["CallStatus"]
    call.save()


@csrf_exempt
@require_POST
def status(request):
    if not _signed(request):
        return HttpResponseForbidden()
    _save(request)
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def incoming(request):
    if not _signed(request):
        return HttpResponseForbidden()
    _save(request)
    return HttpResponse(str(_ring_an_agent()), content_type="text/xml")


@twilio_view
def incoming_by_django_twilio(request):
    return _ring_an_agent()


def alive(request):
    return HttpResponse("ok")


class TokenView(APIView):
    def post(self, request):
        identity = f"agent_{request.user.pk}"
        token = AccessToken(
            settings.TWILIO_ACCOUNT_SID, settings.TWILIO_API_KEY_SID, settings.TWILIO_API_KEY_SECRET, identity=identity
        )
        token.add_grant(VoiceGrant(incoming_allow=True, outgoing_application_sid=settings.TWILIO_TWIML_APP_SID))
        IssuedToken.objects.create(user=request.user)
        return Response({"identity": identity, "token": token.to_jwt()})
