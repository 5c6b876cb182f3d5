"""What the database roles may do with the room's tables: the visitors' site works in these, as a role that knows no other."""

VISITORS = (
    "visitors_box",
    "visitors_message",
    "visitors_readingwindow",
    "visitors_chat",
    "visitors_chatline",
    "visitors_spentchallenge",
    "visitors_wrongtry",
)
