"""Pages: the visitors' site and the desk's inbox."""
