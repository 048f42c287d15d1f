"""The optional language model behind the chat: it may suggest, and nothing else.

Sentences that the rules do not understand are shown to it where the settings name one. What it
says is judged by the form's definition and by the words that were really said; a person confirms
each suggestion. Without a model, or with a broken one, the chat goes on.
"""

from field_app.chat.model.consulting import ask
from field_app.chat.model.hearing import Heard, Suggestion

__all__ = ["Heard", "Suggestion", "ask"]
