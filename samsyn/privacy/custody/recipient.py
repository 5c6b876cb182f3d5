"""The receiver's half of an export: ``python -m samsyn.privacy.custody.recipient new KEYFILE`` and ``... open KEYFILE EXPORT``.

Runs anywhere with the library ``cryptography``; it needs no installation, no database and no network.
"""

import base64
import json
import os
import sys
from pathlib import Path

from samsyn.privacy.custody import exports, sealing
from samsyn.privacy.custody.refusals import KeyRefused


def main(arguments: list[str]) -> int:
    """Make a key and print its public half, or print an export that was sealed to it."""
    if len(arguments) == 2 and arguments[0] == "new":
        pair = sealing.new_pair()
        descriptor = os.open(arguments[1], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(pair.private)
        print(base64.b64encode(pair.public).decode())  # noqa: T201 (what the command is for)
        return 0
    if len(arguments) == 3 and arguments[0] == "open":
        try:
            pair = sealing.from_private(Path(arguments[1]).read_bytes())
            found = exports.opened(Path(arguments[2]).read_bytes(), pair=pair)
        except KeyRefused as refused:
            print(f"not opened: {refused.reason}", file=sys.stderr)  # noqa: T201
            return 1
        print(json.dumps(found, ensure_ascii=False, indent=1))  # noqa: T201
        return 0
    print(__doc__, file=sys.stderr)  # noqa: T201
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
