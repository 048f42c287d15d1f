"""The photos of one visit together: what they cover, what is missing, and a verdict of the set.

`examine.examine_set` is the door; it is pure, like the examination of a single photo.
"""
