"""The keeper as another process sees it: the same operations, over its socket."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from samsyn.privacy.custody import wire
from samsyn.privacy.custody.refusals import UNAVAILABLE, KeyRefused

# Two derivations go at once, each takes a second: the tenth in the queue still gets its answer.
PATIENCE = 20.0


class Client:
    """Asks the keeper; raises KeyRefused with the keeper's reason, or ``unavailable`` where nobody answers."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in wire.OPERATIONS:
            raise AttributeError(name)

        def ask(**said: Any) -> Any:
            return self._ask(name, said)

        return ask

    def _ask(self, name: str, said: dict[str, Any]) -> Any:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(PATIENCE)
                connection.connect(str(self.place))
                wire.send(connection, {"do": name, "with": said})
                answer = wire.receive(connection)
        except OSError:
            raise KeyRefused(UNAVAILABLE) from None
        if "refused" in answer:
            raise KeyRefused(answer["refused"])
        return answer["said"]
