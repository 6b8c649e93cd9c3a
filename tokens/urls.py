from django.urls import path

from tokens import apis

app_name = "tokens"

api_urlpatterns = [path("tokens/voice/", apis.VoiceTokenApi.as_view(), name="voice-token")]
