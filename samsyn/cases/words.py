"""The room's codes in words: relations, marks, topics of a safety plan, ways of contact."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from samsyn.cases import network, referrals, safe_contact

RELATIONS: dict[str, Promise] = dict(
    zip(
        network.RELATIONS,
        (
            _("Mor"),
            _("Far"),
            _("Bror"),
            _("Syster"),
            _("Mor- eller farförälder"),
            _("Föräldrars syskon"),
            _("Kusin"),
            _("Make eller maka"),
            _("Före detta make eller maka"),
            _("Trolovad eller tilltänkt"),
            _("Pojkvän, flickvän, partner"),
            _("Ingift släkt"),
            _("Eget barn"),
            _("Vän"),
            _("Någon i skola eller arbete"),
            _("Någon i föreningen eller församlingen"),
            _("Någon annan"),
        ),
        strict=True,
    )
)
MARKS: dict[str, Promise] = {
    "threat": _("Är ett hot"),
    "protects": _("Skyddar"),
    "knows": _("Vet om kontakten"),
    "abroad": _("Är utomlands"),
}
# The headings of domain.md 6 (Forced Marriage Unit, Utrikesdepartementet, county boards' guidance).
TOPICS: dict[str, Promise] = {
    "alone": _("Aldrig ensam med familjen närvarande vid samtal"),
    "contact": _("Trygg väg och tid för kontakt"),
    "code_word": _("Kodord"),
    "check_in": _("Avtalad avstämning, och vad som händer om den uteblir"),
    "documents": _("Viktiga handlingar kopierade"),
    "passport": _("Passet förvaras på annan plats"),
    "phone": _("Extra telefon och SIM-kort"),
    "embassy": _("Ambassadens och polisens nummer utantill"),
    "helpers": _("Släktingar som kan hjälpa, hemma och i landet"),
    "travel": _("Någon känner till resplanen"),
    "where_to": _("Vart, och när det är dags att gå"),
    "digital": _("Digitala spår och platsdelning"),
    "return_home": _("Plan för hemresan"),
    "child": _("Egen plan för barn"),
    "no_mediation": _("Aldrig medla med eller informera familjen"),
    "interpreter": _("Aldrig släktingar som tolk"),
    "community": _("Inget till företrädare i församling eller förening"),
    "one_chance": _("Avsluta inte utan plan och uppföljning: det kan vara enda chansen"),
}
TOPIC_STATES: dict[str, Promise] = {
    "": _("Inte talat om"),
    "agreed": _("Överenskommet"),
    "later": _("Tas upp igen"),
    "not_fitting": _("Passar inte"),
}
CHANNELS: dict[str, Promise] = dict(
    zip(safe_contact.CHANNELS, (_("Ringa"), _("Sms"), _("E-post"), _("Chatt")), strict=True)
)
WEEKDAYS: dict[int, Promise] = {
    1: _("mån"),
    2: _("tis"),
    3: _("ons"),
    4: _("tor"),
    5: _("fre"),
    6: _("lör"),
    7: _("sön"),
}
VOICEMAIL: dict[str, Promise] = {"never": _("Aldrig"), "neutral": _("Bara ett neutralt meddelande")}
NOTE_KINDS: dict[str, Promise] = {
    "guidance": _("Vägledning och information"),
    "support": _("Stödsamtal"),
    "between": _("Föll mellan myndigheter"),
    "written": _("Skriftlig kontakt"),
    "meeting": _("Möte"),
    "turn": _("Vändpunkt"),
}
GOAL_KINDS: dict[str, Promise] = {
    "need": _("Behov"),
    "goal": _("Mål"),
    "step": _("Avtalat steg"),
}
# What became of a referral; the kinds of actor are the list ``referral`` of the vocabulary.
OUTCOMES: dict[str, Promise] = dict(
    zip(
        referrals.OUTCOMES,
        (_("Inte frågat än"), _("Tog emot"), _("Avvisade"), _("Personen ville inte"), _("Gick inte att nå")),
        strict=True,
    )
)
WHY_NOT: dict[str, Promise] = {
    safe_contact.NO_RULES: _("Inget är sagt om hur personen får kontaktas. Då kontaktas personen inte."),
    safe_contact.STALE: _("Uppgifterna är äldre än 30 dagar. Fråga på nytt vid nästa samtal."),
    safe_contact.CHANNEL: _("Personen har inte sagt ja till den vägen."),
    safe_contact.DAY: _("Inte på den veckodagen."),
    safe_contact.HOUR: _("Inte vid den tiden."),
    safe_contact.NO_VOICEMAIL: _("Inget meddelande får lämnas."),
}
RIGHTS: dict[str, Promise] = {"read": _("läsa"), "write": _("skriva"), "share": _("dela")}
