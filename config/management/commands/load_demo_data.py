"""Agents, lines, contacts and past calls to try Ringdesk with."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from agents.models import Agent, Role, Team
from config.demo_history import demo_history_create
from config.demo_route import demo_route_create
from contacts.models import Contact, ContactNumber
from routing.models import Line, Route

_PEOPLE: list[tuple[str, str, str, dict[str, Any]]] = [
    ("ada", "Ada", "Byron", {}),
    ("grace", "Grace", "Hopper", {}),
    ("hedy", "Hedy", "Lamarr", {"role": Role.SUPERVISOR}),
    ("admin", "Admin", "", {"is_staff": True, "is_superuser": True}),
]
_CONTACTS = [
    ("Maya Okonkwo", "Okonkwo Interiors", "Sofa order 4471 is late; promised a date.", "+12025550142", "Mobile"),
    ("Tom Aldous", "Harbour Dental", "Prefers to be called before noon.", "+12025550143", "Office"),
    ("Leïla Benali", "Quayside Bikes", "", "+12025550144", "Mobile"),
    ("Nadia Haddad", "", "", "+442079460018", "Home"),
]


class Command(BaseCommand):
    help = "Loads the demo's agents, teams, lines, contacts and past calls. Changes nothing that is there already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--without-calls", action="store_true", help="leave the call log empty")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SIMULATOR:
            raise CommandError("Demo log-ins exist only with the simulator: set SIMULATOR=True.")
        support, _ = Team.objects.get_or_create(name="Support")
        sales, _ = Team.objects.get_or_create(name="Sales")
        for username, first, last, more in _PEOPLE:
            self._agent(username, first, last, more, support, sales)
        Line.objects.get_or_create(number="+12025550100", defaults={"name": "Support", "team": support})
        sales_line, _created = Line.objects.get_or_create(
            number="+12025550101", defaults={"name": "Sales", "team": sales}
        )
        if not Route.objects.exists():
            demo_route_create(sales_line)
        for name, company, note, number, label in _CONTACTS:
            if not ContactNumber.objects.filter(number=number).exists():
                contact = Contact.objects.create(name=name, company=company, note=note)
                ContactNumber.objects.create(contact=contact, number=number, label=label)
        if not options["without_calls"]:
            demo_history_create()
        self.stdout.write("Demo data is loaded.")

    def _agent(self, username: str, first: str, last: str, more: dict[str, Any], support: Team, sales: Team) -> None:
        agent, created = Agent.objects.get_or_create(
            username=username, defaults={"first_name": first, "last_name": last, "is_demo": True, **more}
        )
        if not created:
            return
        agent.set_password(settings.DEMO_PASSWORD)
        agent.save()
        if not agent.is_superuser:
            agent.teams.add(support)
        if agent.role == Role.SUPERVISOR:
            agent.teams.add(sales)
