"""The entry for a WSGI server."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samsyn.config.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - needs the environment

from samsyn.config.installation import refuse_the_wrong_one  # noqa: E402 - needs the applications to be ready

refuse_the_wrong_one()
# The rooms are loaded before anybody asks: it takes a second or two, which the first visitor of each process would wait.
for addresses in settings.SAMSYN_URLCONFS.values():
    import_module(addresses)
