"""Books that tests are made of, each from a few words."""
