"""The living page of components, that tests and people look at."""
