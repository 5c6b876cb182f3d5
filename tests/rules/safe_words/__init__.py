"""What leaves the house reveals nothing: collectors of every outbound artefact, the words, and the tests."""
