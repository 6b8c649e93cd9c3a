from django.urls import path

from contacts import apis, import_apis

app_name = "contacts"

api_urlpatterns = [
    path("contacts/", apis.ContactListApi.as_view(), name="contact-list"),
    path("contacts/import/", import_apis.ContactImportApi.as_view(), name="contact-import"),
    path("contacts/<int:pk>/", apis.ContactApi.as_view(), name="contact"),
]
