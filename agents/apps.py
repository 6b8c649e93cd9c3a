from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "agents"

    def ready(self) -> None:
        from agents import checks, receivers  # noqa: F401 - checks register themselves

        receivers.connect()
