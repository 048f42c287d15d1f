"""采集: what a phone recorded in the field, with or without signal, on its way into a visit.

`intake` is the door: a record or its bytes are kept first, in whatever order they come, then placed
into a visit and examined; what cannot be placed is held with its reason, and nothing is thrown away.
"""
