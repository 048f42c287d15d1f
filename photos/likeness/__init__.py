"""The same picture again: fingerprints, the search for them, and the second look at two pictures."""
