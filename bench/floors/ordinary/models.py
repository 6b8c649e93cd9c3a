from django.conf import settings
from django.db import models


class Call(models.Model):
    sid = models.CharField(max_length=34, primary_key=True)
    parent_sid = models.CharField(max_length=34, blank=True)
    caller = models.CharField(max_length=255, blank=True)
    called = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=16, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "ordinary"

    def __str__(self):
        return self.sid


class IssuedToken(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    issued_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "ordinary"

    def __str__(self):
        return f"{self.user} {self.issued_at}"
