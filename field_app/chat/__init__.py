"""The chat: the inspector says what he sees, and the same draft is filled that the form fills.

`understanding` hears the words, the rest of the package decides, keeps and answers.
"""
