from django.urls import path

from contacts import apis

app_name = "contacts"

api_urlpatterns = [path("contacts/", apis.ContactListApi.as_view(), name="contact-list")]
