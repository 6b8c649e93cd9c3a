from django.urls import path

from agents.apis import OwnAgentApi
from agents.web_push_apis import WebPushApi, WebPushEndApi

app_name = "agents"

api_urlpatterns = [
    path("me/", OwnAgentApi.as_view(), name="me"),
    path("web-push/", WebPushApi.as_view(), name="web-push"),
    path("web-push/end/", WebPushEndApi.as_view(), name="web-push-end"),
]
