"""How an entry's page shows what the other systems say of it."""

import streamlit as st

from field_app import words
from field_app.sync import answers


def theirs(number: str) -> None:
    """Their number and state, one line a system; nothing where nobody has answered."""
    for said in answers.of_entry(number):
        parts = [f"对方编号 {said.number}" if said.number else "", said.state, said.words]
        told = "　".join(part for part in parts if part)
        st.caption(words.plain(f"{said.channel}　{told}　{words.moment(said.at)}"), width="stretch")
        if said.clash:
            st.warning(
                words.plain(f"对方的状态是“{said.clash}”，与本系统不一致，等县办在“同步”页裁定。"),
                icon=":material/sync_problem:",
            )
