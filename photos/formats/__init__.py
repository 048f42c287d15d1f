"""How files are put together: JPEG, HEIC, PNG, WebP, TIFF, each by a bounded walk of our own.

`containers` is the door: bytes in, the blocks and facts of whatever kind of file they are.
"""
