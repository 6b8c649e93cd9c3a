from django.urls import path

from tokens import apis, device_apis

app_name = "tokens"

api_urlpatterns = [
    path("tokens/voice/", apis.VoiceTokenApi.as_view(), name="voice-token"),
    path("auth/login/", device_apis.LoginApi.as_view(), name="login"),
    path("auth/logout/", device_apis.LogoutApi.as_view(), name="logout"),
    path("auth/logout-all/", device_apis.LogoutAllApi.as_view(), name="logout-all"),
    path("auth/devices/", device_apis.DeviceListApi.as_view(), name="devices"),
    path("auth/devices/<int:device_id>/", device_apis.DeviceApi.as_view(), name="device"),
]
