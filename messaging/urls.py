from django.urls import path

from messaging import views
from messaging.threads import apis, media_apis, message_apis, ready_text_apis
from messaging.webhooks import KINDS
from telephony.webhooks.inbox import urlpatterns_of

webhook_urlpatterns = urlpatterns_of(KINDS)

# Twilio fetches these without a signature of its own: the address carries ours.
public_urlpatterns = [path("<str:token>/", views.media, name="media")]

api_urlpatterns = [
    path("threads/", apis.ThreadListApi.as_view(), name="thread-list"),
    path("threads/closed/", apis.ThreadClosedApi.as_view(), name="thread-closed"),
    path("threads/<int:thread_id>/", apis.ThreadApi.as_view(), name="thread"),
    path("threads/<int:thread_id>/messages/", message_apis.ThreadMessagesApi.as_view(), name="thread-messages"),
    path("threads/<int:thread_id>/timeline/", apis.ThreadTimelineApi.as_view(), name="thread-timeline"),
    path("threads/<int:thread_id>/assign/", apis.ThreadAssignApi.as_view(), name="thread-assign"),
    path("threads/<int:thread_id>/read/", apis.ThreadReadApi.as_view(), name="thread-read"),
    path("messages/", message_apis.MessagesApi.as_view(), name="message-list"),
    path("messages/<int:message_id>/ask/", message_apis.MessageAskApi.as_view(), name="message-ask"),
    path("messages/media/", media_apis.MediaUploadApi.as_view(), name="message-media-list"),
    path("messages/media/<int:media_id>/", media_apis.MediaApi.as_view(), name="message-media"),
    path("ready-texts/", ready_text_apis.ReadyTextListApi.as_view(), name="ready-text-list"),
]
