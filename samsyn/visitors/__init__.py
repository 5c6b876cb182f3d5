"""Visitors (besökare): the operator's site for those who may be watched, the messages that words open, the chat.

Information on rights at three reading levels and in several languages, quick exit, messages without account or cookie,
chats with one cookie while they last. No case, no notes, no network of relatives: those are in ``cases``. Nothing is
stored in the visitor's browser.
"""
