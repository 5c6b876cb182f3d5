"""Template filters of bookings."""
