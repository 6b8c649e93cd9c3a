from django.urls import path

from messaging import webhooks

webhook_urlpatterns = [path("messaging/fallback/", webhooks.messaging_fallback, name="fallback")]
