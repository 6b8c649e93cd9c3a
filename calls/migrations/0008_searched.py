import core.folding
from django.db import migrations
from django.db.models import Q

_AT_ONCE = 1000


def fill(apps, schema_editor):
    """Folds what can be searched, and writes each party in one way, as new calls have it."""
    from core.folding import folded_of
    from telephony.party import party

    Call = apps.get_model("calls", "Call")
    odd = Q(caller__gt="") & ~Q(caller__startswith="+") & ~Q(caller__startswith="client:")
    odd |= Q(called__gt="") & ~Q(called__startswith="+") & ~Q(called__startswith="client:")
    calls = Call.objects.filter(Q(caller_name__gt="") | Q(note__gt="") | odd).order_by("sid")
    after = ""
    while batch := list(calls.filter(sid__gt=after)[:_AT_ONCE]):
        for call in batch:
            call.searched_name, call.searched_note = folded_of(call.caller_name), folded_of(call.note)
            call.caller = party(call.caller)
            # What an agent dialled stands as it was written when it is no number.
            call.called = call.called if call.caller.startswith("client:") else party(call.called)
        Call.objects.bulk_update(batch, ["searched_name", "searched_note", "caller", "called"], batch_size=100)
        after = batch[-1].sid


class Migration(migrations.Migration):

    dependencies = [
        ('calls', '0007_loose_references'),
    ]

    operations = [
        migrations.AddField(
            model_name='call',
            name='searched_name',
            field=core.folding.FoldedField(blank=True, default='', editable=False, of=('caller_name',)),
        ),
        migrations.AddField(
            model_name='call',
            name='searched_note',
            field=core.folding.FoldedField(blank=True, default='', editable=False, of=('note',)),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
