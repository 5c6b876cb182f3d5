"""Reading of a form-encoded body: UTF-8, each field once, few and short."""

from urllib.parse import parse_qsl

from samsyn.channels.adapters import Unreadable, check_size

MOST_FIELDS = 40


def fields(body: bytes) -> dict[str, str]:
    """Return the fields; raise Unreadable for what is no form, too large, or says a field twice."""
    check_size(body)
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as error:
        raise Unreadable("the delivery is no form") from error
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a field is said twice")
    return found
