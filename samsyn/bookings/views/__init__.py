"""Pages of bookings: the staff's, and the public's own."""
