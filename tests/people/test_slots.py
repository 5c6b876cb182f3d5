"""Two derivations at once, in threads and processes alike; whoever waits too long is told."""

import os
import threading
import time

import psycopg
import pytest
from django.db import connection

from samsyn.people import slots
from samsyn.people.adapters import TwoAtATimeArgon2

pytestmark = pytest.mark.django_db


def test_a_third_waits_until_a_place_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) for _ in slots.PLACES]
    for other, number in zip(others, slots.PLACES, strict=True):
        other.execute("SELECT pg_advisory_lock(%s)", [number])
    monkeypatch.setattr(slots, "PATIENCE", 0.2)
    with pytest.raises(slots.Busy), slots.place():
        pass
    monkeypatch.setattr(slots, "PATIENCE", 10.0)
    letting_go = threading.Timer(0.3, others[0].close)
    letting_go.start()
    begun = time.monotonic()
    with slots.place():
        assert time.monotonic() - begun >= 0.25
    letting_go.join()
    # The place was given back: somebody else gets it.
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as other:
        assert other.execute("SELECT pg_try_advisory_lock(%s)", [slots.PLACES[0]]).fetchone() == (True,)
    others[1].close()


def test_however_many_come_no_more_than_two_are_at_it() -> None:
    mutex, at_it, most, done = threading.Lock(), 0, 0, 0

    def derive() -> None:
        nonlocal at_it, most, done
        try:
            with slots.place():
                with mutex:
                    at_it += 1
                    most = max(most, at_it)
                time.sleep(0.1)
                with mutex:
                    at_it, done = at_it - 1, done + 1
        finally:
            connection.close()

    threads = [threading.Thread(target=derive) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, done) == (2, 10)


def test_a_sign_in_takes_a_place_like_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = TwoAtATimeArgon2()
    encoded = hasher.encode("ett långt lösenord 12", "saltsaltsaltsalt")
    assert hasher.verify("ett långt lösenord 12", encoded)
    others = [psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) for _ in slots.PLACES]
    for other, number in zip(others, slots.PLACES, strict=True):
        other.execute("SELECT pg_advisory_lock(%s)", [number])
    monkeypatch.setattr(slots, "PATIENCE", 0.1)
    with pytest.raises(slots.Busy):
        hasher.verify("ett långt lösenord 12", encoded)
    for other in others:
        other.close()
