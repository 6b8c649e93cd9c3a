"""Which capability answers which path."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth_views
from django.urls import include, path
from django.views.generic import RedirectView

from agents import urls as agents_urls
from agents.views import DeskLoginView
from board import urls as board_urls
from calls import urls as calls_urls
from config.api_docs import views as api_docs
from config.doctor import views as doctor
from config.privacy.views import privacy
from contacts import urls as contacts_urls
from core.api.views import problem_detail, problem_list
from desk import urls as desk_urls
from messaging import urls as messaging_urls
from messaging.group_sends import urls as group_sends_urls
from routing import urls as routing_urls
from tokens import urls as tokens_urls
from usage import urls as usage_urls
from usage import views as usage

_api = [
    *calls_urls.api_urlpatterns,
    *tokens_urls.api_urlpatterns,
    *agents_urls.api_urlpatterns,
    *contacts_urls.api_urlpatterns,
    *messaging_urls.api_urlpatterns,
    *group_sends_urls.api_urlpatterns,
    *routing_urls.api_urlpatterns,
    *usage_urls.api_urlpatterns,
    *board_urls.api_urlpatterns,
    *desk_urls.api_urlpatterns,
    path("schema/", api_docs.DescriptionApi.as_view(), name="schema"),
    path("docs/", api_docs.docs, name="docs"),
]

urlpatterns = [
    path("admin/doctor/", admin.site.admin_view(doctor.doctor), name="doctor"),
    path("admin/doctor/mend/", admin.site.admin_view(doctor.mend), name="doctor-mend"),
    path("admin/privacy/", admin.site.admin_view(privacy), name="privacy"),
    path("admin/usage/", admin.site.admin_view(usage.usage), name="usage"),
    path("admin/usage/export.csv", admin.site.admin_view(usage.export), name="usage-export"),
    path("admin/usage/try-now/", admin.site.admin_view(usage.try_now), name="usage-try-now"),
    path("admin/", admin.site.urls),
    path("accounts/login/", DeskLoginView.as_view(), name="login"),
    path("accounts/logout/", auth_views.LogoutView.as_view(), name="logout"),
    path("twilio/", include((calls_urls.webhook_urlpatterns, "calls"))),
    path("twilio/", include((messaging_urls.webhook_urlpatterns, "messaging"))),
    path("media/", include((messaging_urls.public_urlpatterns, "texts"))),
    path("twilio/", include((usage_urls.webhook_urlpatterns, "usage"))),
    path("twilio/", include((routing_urls.public_urlpatterns, "greetings"))),
    path("api/v1/", include((_api, "api"))),
    path("problems/", problem_list),
    path("problems/<slug:name>", problem_detail),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}icons/favicon.svg")),
    path("", include(desk_urls)),
]
