"""Tables that an analyst asks for (tabellbyggaren): the question, its answer with noise, and what gives somebody away."""
