"""The queue of the professionals' line, open Monday, Wednesday and Friday 9 to 12."""

import pytest
from django.core.management import call_command


@pytest.fixture
def line(db: None) -> None:
    call_command("load_channels", verbosity=0)
