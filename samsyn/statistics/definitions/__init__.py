"""Table definitions (tabelldefinitioner): reviewed data files, and the strict loader that reads them."""
