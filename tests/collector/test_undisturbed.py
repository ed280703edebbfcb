"""The search for cyclic rubbish is put off while somebody asks for it, and comes back."""

import gc

import pytest
from sqlalchemy import select

from collector import tables as t
from collector.store import Ready, Store
from collector.undisturbed import undisturbed
from probes.vocabulary import Key
from tests.collector.nights import School, changed, small_school

BASE = small_school()


def test_the_search_comes_back_when_the_last_is_done_even_after_an_error() -> None:
    assert gc.isenabled()
    with undisturbed():
        with undisturbed():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ValueError, match="no"), undisturbed():
        raise ValueError("no")
    assert gc.isenabled()


def test_a_process_that_never_searches_is_left_so() -> None:
    gc.disable()
    try:
        with undisturbed():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_new_key_of_a_known_thing_is_written_and_the_old_ones_stay(store: Store) -> None:
    school = School(store)
    school.night(1, BASE.values())
    more = (*BASE["core"].keys, Key(kind="mac", value="00:1c:73:00:99:99", strong=True))
    school.night(2, changed(BASE, "core", keys=more).values())
    school.night(3, BASE.values())
    with store.reading() as connection:
        core = connection.scalar(select(t.entry.c.entry).where(t.entry.c.hostname == "sw-core"))
        keys = set(connection.scalars(select(t.entry_key.c.value).where(t.entry_key.c.entry == core)))
    assert {"00:1c:73:00:00:02", "00:1c:73:00:99:99"} <= keys


def test_json_that_is_ready_is_kept_as_it_is_and_read_as_a_document(store: Store) -> None:
    School(store).night(1, BASE.values())
    with store.writing() as connection:
        connection.execute(t.entry.update().values(asset=Ready('{"id":"a","né":[1,null,"\\u0000 \'%s:x"]}')))
        connection.execute(t.entry.update().values(dated={"né": "'%s:x"}))
    with store.reading() as connection:
        rows = connection.execute(select(t.entry.c.asset, t.entry.c.dated)).all()
    assert {repr(tuple(row)) for row in rows} == {repr(({"id": "a", "né": [1, None, "\0 '%s:x"]}, {"né": "'%s:x"}))}
