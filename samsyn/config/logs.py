"""Log lines: one JSON object each, to stdout, without anything that somebody typed."""

import json
import logging
from datetime import UTC, datetime

# Exception messages and request paths with queries can carry what a person typed; names of types and views cannot.
ALLOWED = ("status_code",)


class JsonLines(logging.Formatter):
    """Write time, level, logger and a fixed message; of an exception only its type and where it was raised."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line without line breaks. The words of foreign loggers are left out: they can hold values."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        is_ours = record.name.startswith("samsyn")
        # A foreign message may have been put together already ("Invalid HTTP_HOST header: ..."): its place names it.
        line["message"] = record.getMessage() if is_ours else f"{record.filename}:{record.lineno}:{record.funcName}"
        for name in ALLOWED:
            if hasattr(record, name):
                line[name] = getattr(record, name)
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
            frames = []
            trace = record.exc_info[2]
            while trace is not None:
                code = trace.tb_frame.f_code
                frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}:{code.co_name}")
                trace = trace.tb_next
            line["where"] = frames[-8:]
        return json.dumps(line, ensure_ascii=False)
