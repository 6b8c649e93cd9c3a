from django.urls import path

from routing import apis

app_name = "routing"

api_urlpatterns = [
    path("routes/explain/", apis.ExplainApi.as_view(), name="route-explain"),
]
