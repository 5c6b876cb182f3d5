"""What the log says about channels: that something went out or came in, never to whom or what."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _lazy

from samsyn.audit.events import declare, say_fact
from samsyn.channels import mails, texts


def _subject(kind: str) -> str:
    return f"«{mails.texts()[kind]['en' if get_language() == 'en' else 'sv'].subject}»"


say_fact("mail", _subject)

MAIL_QUEUED = declare("mail_queued", _lazy("%(actor)s lät ett brev gå ut (%(mail)s)"), facts=("mail",))
MAIL_GIVEN_UP = declare(
    "mail_given_up", _lazy("%(actor)s gav upp ett brev som ingen tog emot (%(mail)s)"), facts=("mail",)
)
MAIL_TOO_LATE = declare(
    "mail_too_late",
    _lazy("%(actor)s lät bli att sända ett brev som inte längre fick gå ut (%(mail)s)"),
    facts=("mail",),
)
CALL_TAKEN = declare("call_taken", _lazy("%(actor)s svarade på ett samtal ur kön"))
CALL_NOTED = declare("call_noted", _lazy("%(actor)s noterade ett samtal för hand"))
CALLS_CLOSED = declare(
    "calls_closed", _lazy("%(actor)s stängde %(calls)s samtal vars slut aldrig kom"), facts=("calls",)
)
CHATS_ABANDONED = declare(
    "chats_abandoned", _lazy("%(actor)s tog %(chats)s chattar ur kön där ingen satt kvar"), facts=("chats",)
)
CALLS_COUNTED = declare("calls_counted", _lazy("%(actor)s räknade %(calls)s samtal"), facts=("calls",))
PRESENCE_SET = declare("presence_set", _lazy("%(actor)s ändrade sin närvaro i kön"))
OPENING_CHANGED = declare("opening_changed", _lazy("%(actor)s ändrade öppettiderna"))
CALL_BACK_PROMISED = declare("call_back_promised", _lazy("%(actor)s lovade en återuppringning"))
CALL_BACK_READ = declare("call_back_read", _lazy("%(actor)s öppnade numret till en återuppringning"))
CALL_BACK_TRIED = declare(
    "call_back_tried",
    _lazy("%(actor)s försökte ringa upp (%(result)s)"),
    facts=("result",),
    words={"result": lambda code: str(texts.RESULTS[code]).lower()},
)
LETTER_TAKEN = declare("letter_taken", _lazy("%(actor)s tog emot ett brev"))
_REFUSED = {
    "too_large": _lazy("för stort"),
    "too_many_parts": _lazy("för många delar"),
    "unreadable": _lazy("gick inte att läsa"),
    "too_long": _lazy("för lång text"),
    "no_words": _lazy("inga ord"),
}
LETTER_REFUSED = declare(
    "letter_refused",
    _lazy("%(actor)s tog inte emot ett brev (%(why)s)"),
    facts=("why",),
    words={"why": lambda code: _REFUSED.get(code, code)},
)
LETTER_READ = declare("letter_read", _lazy("%(actor)s läste ett inkommet brev"))
LETTER_ANSWERED = declare("letter_answered", _lazy("%(actor)s bad avsändaren till ett brev att ringa"))
LETTER_ERASED = declare("letter_erased", _lazy("%(actor)s raderade ett inkommet brev"))
CHAT_BEGUN = declare("chat_begun", _lazy("%(actor)s började en chatt"))
MAILBOX_BEGUN = declare("mailbox_begun", _lazy("%(actor)s lämnade ett meddelande"))
CHAT_ANSWERED = declare("chat_answered", _lazy("%(actor)s svarade i en chatt"))
CHAT_READ = declare("chat_read", _lazy("%(actor)s öppnade sin chatt"))
CHAT_ENDED = declare("chat_ended", _lazy("%(actor)s avslutade en chatt"))
