"""The doors that speak HTTP: pages for people, the API for systems."""
