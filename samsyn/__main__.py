"""The command line: ``python -m samsyn <command>``."""

import os
import sys

from samsyn.config.environment import EnvironmentMissing


def main() -> None:
    """Hand the arguments to Django's command runner, with our settings unless others are named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samsyn.config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["samsyn", *sys.argv[1:]])
    except (EnvironmentMissing, ImproperlyConfigured) as missing:
        sys.exit(str(missing))


if __name__ == "__main__":
    main()
