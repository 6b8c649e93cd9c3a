from django.urls import path

from telephony.webhooks.inbox import urlpatterns_of
from usage.apis import CallCostApi, CostListApi, UsageListApi
from usage.webhooks import KINDS

app_name = "usage"

webhook_urlpatterns = urlpatterns_of(KINDS)

api_urlpatterns = [
    path("usage/", UsageListApi.as_view(), name="usage-list"),
    path("usage/costs/", CostListApi.as_view(), name="usage-costs"),
    path("usage/calls/<str:sid>/", CallCostApi.as_view(), name="usage-call"),
]
