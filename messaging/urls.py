from messaging.webhooks import KINDS
from telephony.webhooks.inbox import urlpatterns_of

webhook_urlpatterns = urlpatterns_of(KINDS)
