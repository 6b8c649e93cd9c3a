from django.urls import path

from board.apis import BoardApi

api_urlpatterns = [path("board/", BoardApi.as_view(), name="board")]
