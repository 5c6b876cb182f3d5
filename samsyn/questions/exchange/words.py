"""Words that several formats need: names of kinds and states."""

from samsyn.questions.exchange.package import Kind, Level, Mode, Nothing, Relation, Status, Text, Universe

STATUS = {
    Status.DRAFT: Text("utkast", "draft"),
    Status.CONSULTATION: Text("på remiss", "out for consultation"),
    Status.DECIDED: Text("beslutad", "decided"),
    Status.IN_USE: Text("i bruk", "in use"),
    Status.RETIRED: Text("avvecklad", "retired"),
}
LEVEL = {
    Level.MAJOR: Text("större", "major"),
    Level.MINOR: Text("tillägg", "minor"),
    Level.PATCH: Text("rättelse", "patch"),
}
KIND = {Kind.SINGLE: Text("ett svar", "one answer"), Kind.MULTIPLE: Text("flera svar", "several answers")}
UNIVERSE = {
    Universe.CONTACT: Text("kontakt", "contact"),
    Universe.CASE: Text("ärende", "case"),
    Universe.PERSON: Text("person", "person"),
    Universe.MEASURE: Text("insats", "measure"),
    Universe.ORGANISATION: Text("organisation", "organisation"),
}
MODE = {
    Mode.INTERVIEW: Text("samtal", "interview"),
    Mode.SELF_REPORT: Text("självskattning", "self-report"),
    Mode.CASE_REVIEW: Text("aktgranskning", "case review"),
}
YES_NO = {True: Text("ja", "yes"), False: Text("nej", "no")}
# How binding a requirement is.
OBLIGATION = {True: Text("ska", "must"), False: Text("bör", "should")}
# Which words of a wording: the question or its help, in which language.
LANGUAGE = {
    ("text", "sv"): Text("Svenska", "Swedish"),
    ("text", "en"): Text("Engelska", "English"),
    ("text", "easy"): Text("Lätt svenska", "Easy Swedish"),
    ("help", "sv"): Text("Hjälptext, svenska", "Help, Swedish"),
    ("help", "en"): Text("Hjälptext, engelska", "Help, English"),
    ("help", "easy"): Text("Hjälptext, lätt svenska", "Help, easy Swedish"),
}
NOTHING = {
    Nothing.NOT_ASKED: Text("Ej tillfrågad", "Not asked", "Jag fick inte frågan"),
    Nothing.UNKNOWN: Text("Vet ej", "Unknown", "Jag vet inte"),
    Nothing.NOT_APPLICABLE: Text("Ej tillämpligt", "Not applicable", "Frågan passar inte"),
    Nothing.SUPPRESSED: Text("Undertryckt", "Suppressed"),
    Nothing.NOT_DELIVERED: Text("Ej levererat", "Not delivered"),
}
RELATION = {
    Relation.EXACT: Text("exakt", "exact"),
    Relation.COARSER: Text("grövre", "coarser"),
    Relation.FINER: Text("finare", "finer"),
    Relation.NOT_COMPARABLE: Text("ej jämförbar", "not comparable"),
}
