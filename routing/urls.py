from django.urls import path

from routing import apis, views
from routing.outgoing.apis import OutgoingOverridesApi

# Twilio fetches these without a signature of its own: the address carries ours.
public_urlpatterns = [path("greetings/<str:name>/", views.greeting_sound, name="sound")]

api_urlpatterns = [
    path("routes/explain/", apis.ExplainApi.as_view(), name="route-explain"),
    path("outgoing-overrides/", OutgoingOverridesApi.as_view(), name="outgoing-overrides"),
]
