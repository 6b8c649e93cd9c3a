"""The table of what is built, and whether it says the truth."""

from pathlib import Path

import pytest

from simulator import capabilities
from simulator.engine.interpreter import HANDLERS
from simulator.engine.verbs import say
from simulator.rest.declared import PAGING
from simulator.rest.routes import ELSEWHERE, OPERATIONS
from simulator.twiml.grammar import MESSAGING, NOUNS, UNBUILT_VERBS, VERBS

SIMULATOR = Path(capabilities.__file__).parent


def sources(room: str, *, but: str) -> str:
    return "".join(path.read_text() for path in sorted((SIMULATOR / room).glob("*.py")) if path.name != but)


def test_the_document_holds_the_table_as_the_code_declares_it():
    document = capabilities.DOCUMENT.read_text()

    assert capabilities.renewed(document) == document, "run `python -m simulator.capabilities`"


def test_a_document_without_a_place_for_it_is_said_to_be_one():
    with pytest.raises(ValueError, match="no place"):
        capabilities.renewed("# Nothing\n")


def test_every_verb_that_is_declared_is_run_and_no_other():
    assert say in HANDLERS.values()
    assert set(HANDLERS) == set(VERBS)
    assert not set(HANDLERS) & UNBUILT_VERBS


@pytest.mark.parametrize("name", [*VERBS, *NOUNS])
def test_an_attribute_that_is_said_to_be_carried_out_is_read_by_the_engine(name):
    engine = sources("engine", but="grammar.py")
    grammar = {**VERBS, **NOUNS}[name]

    assert [key for key in grammar.attributes if f'"{key}"' not in engine] == []
    assert not set(grammar.attributes) & {*grammar.ignored, *grammar.decoration}


@pytest.mark.parametrize("name", [*MESSAGING.verbs, *MESSAGING.nouns])
def test_what_is_said_of_the_twiml_of_texts_is_read_by_them(name):
    code = sources("texts", but="grammar.py")
    grammar = {**MESSAGING.verbs, **MESSAGING.nouns}[name]

    assert [key for key in grammar.attributes if f'"{key}"' not in code] == []


def test_a_field_that_is_said_to_be_carried_out_is_read_by_its_operation():
    code = sources("rest", but="declared.py")
    for _, path, operation, fields in [*OPERATIONS, *ELSEWHERE]:
        settable = operation.__module__.endswith(("numbers", "applications"))  # set by their attributes' names
        names = [name.rstrip("<>") for name in fields.used if name not in PAGING]
        unread = [name for name in names if f'"{name}"' not in code]
        assert settable or unread == [], f"{path}: {unread}"
        assert not set(fields.used) & {*fields.ignored, *fields.refused}
