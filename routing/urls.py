from django.urls import path

from routing.outgoing.apis import OutgoingOverridesApi

api_urlpatterns = [
    path("outgoing-overrides/", OutgoingOverridesApi.as_view(), name="outgoing-overrides"),
]
