"""The promises of the program, held by tests."""
