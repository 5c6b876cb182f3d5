"""Visitors (besökare): the operator's site for those who may be watched, and the box of messages that only words open.

Information on rights at three reading levels and in several languages, quick exit, messages without account or cookie.
No case, no notes, no network of relatives: those are in ``cases``. Nothing is stored in the visitor's browser.
"""
