"""证据包: one entry with all its evidence in one sealed zip, and the papers of a hand-over.

docs/package.md is the contract: what stands in a package, byte for byte, and how it is checked.
"""
