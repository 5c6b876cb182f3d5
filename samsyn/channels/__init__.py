"""Channels (*kanaler*): how people reach the centre and how it reaches them; here, the mail that goes out.

An adapter for each provider turns what happens into events of one kind; what a contact is about is never known here.
It doesn't open contacts: ``contacts`` reads what has come. Nothing that goes out says what it is about.
"""
