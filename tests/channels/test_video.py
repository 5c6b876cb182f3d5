"""The link to a booked video meeting, read as the meeting's server reads it."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import jwt
import pytest

from samsyn.channels import video

MEETING = UUID("6a1c0f7e-0f6d-4e0c-9b6f-0b9a4d1f2c3d")
SECRET = "0123456789abcdef0123456789abcdef"
HOUR = timedelta(hours=1)


@pytest.fixture
def service(settings: Any) -> None:
    settings.SAMSYN_VIDEO_URL = "https://meet.example"
    settings.SAMSYN_VIDEO_APPLICATION = "samsyn"
    settings.SAMSYN_VIDEO_SECRET = SECRET


def link(
    now: datetime, *, meeting: UUID = MEETING, pseudonym: str = "Rådgivare 3", after: timedelta = timedelta()
) -> str:
    found = video.link(
        meeting=meeting, starts_at=now, ends_at=now + HOUR, pseudonym=pseudonym, is_host=True, at=now + after
    )
    assert found is not None
    return found


def opened(address: str, **options: Any) -> dict[str, Any]:
    token = parse_qs(urlsplit(address).query)["jwt"][0]
    read: dict[str, Any] = jwt.decode(
        token,
        SECRET,
        algorithms=["HS256"],
        audience="jitsi",
        options={"verify_exp": False, "verify_nbf": False, **options},
    )
    return read


@pytest.mark.usefixtures("service")
def test_a_pass_is_good_for_its_room_and_its_time_and_names_a_pseudonym(now: datetime) -> None:
    address = link(now)
    said = opened(address)
    assert urlsplit(address).path == f"/{said['room']}"
    assert (said["iss"], said["sub"]) == ("samsyn", "meet.example")
    assert datetime.fromtimestamp(said["nbf"], tz=now.tzinfo) == now - video.BEFORE
    assert datetime.fromtimestamp(said["exp"], tz=now.tzinfo) == now + HOUR + video.AFTER
    assert set(said["context"]["features"].values()) == {"false"}
    assert {"recording", "transcription", "livestreaming"} <= set(said["context"]["features"])
    assert said["context"]["user"]["name"] == "Rådgivare 3"
    assert str(MEETING) not in address
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(parse_qs(urlsplit(address).query)["jwt"][0], "x" * 32, algorithms=["HS256"], audience="jitsi")


@pytest.mark.usefixtures("service")
def test_all_who_come_meet_in_one_room_and_nobody_is_known_again_in_another(now: datetime) -> None:
    one, other = opened(link(now)), opened(link(now, pseudonym="Gäst"))
    assert one["room"] == other["room"]
    assert len(one["room"]) == 64
    elsewhere = opened(link(now, meeting=UUID(int=7)))
    assert elsewhere["room"] != one["room"]
    assert elsewhere["context"]["user"]["id"] != one["context"]["user"]["id"]


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    "after",
    [-video.BEFORE - timedelta(seconds=1), HOUR + video.AFTER, timedelta(days=1)],
    ids=["early", "late", "next day"],
)
def test_there_is_no_link_outside_the_meetings_time(now: datetime, after: timedelta) -> None:
    assert (
        video.link(meeting=MEETING, starts_at=now, ends_at=now + HOUR, pseudonym="Gäst", is_host=False, at=now + after)
        is None
    )


def test_without_a_service_there_is_no_link(now: datetime) -> None:
    assert (
        video.link(meeting=MEETING, starts_at=now, ends_at=now + HOUR, pseudonym="Gäst", is_host=False, at=now) is None
    )


def test_the_other_place_does_not_hear_where_one_came_from() -> None:
    answer = video.leave_for("https://meet.example/a?jwt=b")
    assert (answer.status_code, answer["Referrer-Policy"], answer["Cache-Control"]) == (303, "no-referrer", "no-store")


@pytest.mark.parametrize(("url", "secret"), [("http://meet.example", SECRET), ("https://meet.example", "kort")])
def test_a_service_without_encryption_or_with_a_short_secret_is_refused(url: str, secret: str) -> None:
    environment = {**os.environ, "SAMSYN_VIDEO_URL": url, "SAMSYN_VIDEO_SECRET": secret}
    done = subprocess.run(
        [sys.executable, "-c", "import samsyn.config.settings"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "SAMSYN_VIDEO_URL must be https://" in done.stderr
