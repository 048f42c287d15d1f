"""Which edition of a record a person had before them when they pressed a button.

A press runs the page anew, and the page reads the record anew: comparing with what was just read
would compare the record with itself, and somebody else's change would be overwritten unseen.
"""

import streamlit as st


def edition(what: str, number: int, current: int) -> int:
    """The edition that the last run showed of this record; the current one is kept for the next.
    Called once a run, before anything is decided on it."""
    before = st.session_state.get(f"seen_{what}")
    st.session_state[f"seen_{what}"] = (number, current)
    return before[1] if before and before[0] == number else current
