from django.urls import path

from agents.apis import OwnAgentApi

app_name = "agents"

api_urlpatterns = [path("me/", OwnAgentApi.as_view(), name="me")]
