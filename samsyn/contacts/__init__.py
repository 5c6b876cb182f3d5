"""Contacts (kontakter): the call desk, the working record of a contact while it lives, and the facts that it leaves.

Four units are never mixed: contact, matter, exposed person, further mentioned person. No names, no free text.
What is published from the facts is decided above, in ``statistics``.
"""
