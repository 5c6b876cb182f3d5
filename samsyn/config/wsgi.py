"""The entry for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samsyn.config.settings")
application = get_wsgi_application()

from samsyn.config.installation import refuse_the_wrong_one  # noqa: E402 - needs the applications to be ready

refuse_the_wrong_one()
