from django.urls import path

from contacts import apis, group_apis, import_apis, page_apis

app_name = "contacts"

api_urlpatterns = [
    path("contacts/", apis.ContactListApi.as_view(), name="contact-list"),
    path("contacts/fields/", page_apis.OwnFieldListApi.as_view(), name="contact-fields"),
    path("contacts/import/", import_apis.ContactImportApi.as_view(), name="contact-import"),
    path("contacts/<int:pk>/", apis.ContactApi.as_view(), name="contact"),
    path("contacts/<int:pk>/timeline/", page_apis.TimelineApi.as_view(), name="contact-timeline"),
    path("contacts/<int:pk>/notes/", page_apis.NoteListApi.as_view(), name="contact-notes"),
    path("contacts/<int:pk>/notes/<int:note_id>/", page_apis.NoteApi.as_view(), name="contact-note"),
    path("contacts/<int:pk>/consents/", page_apis.ConsentApi.as_view(), name="contact-consents"),
    path("contacts/<int:pk>/block/", page_apis.BlockApi.as_view(), name="contact-block"),
    path("contacts/<int:pk>/merge/", page_apis.MergeApi.as_view(), name="contact-merge"),
    path("contacts/<int:pk>/merges/<int:merge_id>/undo/", page_apis.MergeUndoApi.as_view(), name="contact-merge-undo"),
    path("contacts/<int:pk>/export/", page_apis.ExportApi.as_view(), name="contact-export"),
    path("groups/", group_apis.GroupListApi.as_view(), name="group-list"),
    path("groups/fields/", group_apis.RuleFieldListApi.as_view(), name="group-rule-fields"),
    path("groups/<int:group_id>/", group_apis.GroupApi.as_view(), name="group"),
    path("blocked-numbers/", group_apis.BlockedNumberListApi.as_view(), name="blocked-number-list"),
    path("blocked-numbers/<int:block_id>/", group_apis.BlockedNumberApi.as_view(), name="blocked-number"),
]
