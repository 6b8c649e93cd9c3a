"""Texts to many as a Celery manual has it: a task for each recipient, on a worker with fifty threads."""

from __future__ import annotations

import os
import threading

import requests
from celery import Celery

app = Celery("one_by_one", broker=os.environ["BENCH_BROKER"])
app.conf.task_ignore_result = True
app.conf.broker_connection_retry_on_startup = True
_thread = threading.local()


@app.task(name="one_by_one.text")
def text(number: str) -> None:
    if not hasattr(_thread, "session"):
        _thread.session = requests.Session()
    fields = {"From": "+12025550100", "To": number, "Body": "Hello Maya, our warehouse is closed."}
    url = f"{os.environ['BENCH_API']}/2010-04-01/Accounts/AC{'a' * 32}/Messages.json"
    _thread.session.post(url, data=fields, auth=("AC" + "a" * 32, "secret"), timeout=10).raise_for_status()
