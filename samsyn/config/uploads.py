"""Files are taken on the pages that ask for one, into memory; anywhere else a file is a form of nobody's."""

from typing import Any

from django.conf import settings
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadhandler import MemoryFileUploadHandler


class FilesOnTheirPage(MemoryFileUploadHandler):
    """Refuses a file before its first byte where no page asks for one."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file; raise TooManyFilesSent, which is answered as any other unreadable form."""
        if self.request is None or self.request.path not in settings.SAMSYN_LARGE_BODIES:
            raise TooManyFilesSent
        super().new_file(*args, **kwargs)
