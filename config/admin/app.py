"""Django's admin, with our site instead of Django's own."""

from django.contrib.admin.apps import AdminConfig


class RingdeskAdminConfig(AdminConfig):
    default_site = "config.admin.site.RingdeskAdminSite"
