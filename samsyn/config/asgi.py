"""The entry for the process that keeps streams open: ``python -m uvicorn samsyn.config.asgi:application``.

The pages are served elsewhere, by threads; a proxy leads addresses that end with ``/stream`` here.
"""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samsyn.config.settings")
application = get_asgi_application()

from django.conf import settings  # noqa: E402 - needs the settings module's name

from samsyn.config.installation import refuse_the_wrong_one  # noqa: E402 - needs the applications to be ready

refuse_the_wrong_one()
settings.SAMSYN_SERVES_STREAMS = True
