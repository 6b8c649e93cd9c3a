import os

from django.urls import path

from bench.floors.ordinary import views

_incoming = views.incoming_by_django_twilio if os.environ.get("BENCH_LIBRARY") else views.incoming
urlpatterns = [
    path("twilio/voice/incoming/", _incoming),
    path("twilio/voice/status/", views.status),
    path("api/v1/tokens/voice/", views.TokenView.as_view()),
    path("healthz", views.alive),
]
