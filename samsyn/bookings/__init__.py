"""Bookings (bokningar): who can be met when, booked and held times, series, the waiting list, invitations and feeds.

A booking says that a meeting takes place, never what it is about. Which matter it belongs to is known above, in ``contacts``.
"""
