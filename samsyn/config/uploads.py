"""Files are taken on the pages that ask for one, into memory; anywhere else a file is a form of nobody's."""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest


def takes_file(request: HttpRequest) -> bool:
    """Tell whether the page asks for a file."""
    return getattr(request, "site_name", "") == "staff" and bool(re.fullmatch(settings.SAMSYN_FILE_PAGES, request.path))


class FilesOnTheirPage(MemoryFileUploadHandler):
    """Refuses a file before its first byte where no page asks for one."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file; raise TooManyFilesSent, which is answered as any other unreadable form."""
        if self.request is None or not takes_file(self.request):
            raise TooManyFilesSent
        super().new_file(*args, **kwargs)
