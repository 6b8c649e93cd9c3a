from django.urls import path

from desk import views

app_name = "desk"

urlpatterns = [
    path("", views.desk, name="desk"),
    path("contacts/", views.desk, name="contacts"),
    path("contacts/<int:pk>/", views.desk, name="contact"),
    path("group-sends/", views.desk, name="group-sends"),
    path("group-sends/new/", views.desk, name="group-send-new"),
    path("group-sends/<int:pk>/", views.desk, name="group-send"),
]
