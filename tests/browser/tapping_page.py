"""A page with nothing but a map of tasks, for the test of tapping; run by `st.App`."""

import streamlit as st

from field_app import maps
from field_app.maps import ParcelMark
from tests.build import HERE

st.session_state.runs = st.session_state.get("runs", 0) + 1
told = maps.show(
    maps.tasks_map(
        [
            ParcelMark(HERE.lon, HERE.lat, "N4113-01", "待核查"),
            ParcelMark(HERE.lon + 0.004, HERE.lat, "N4113-02", "草稿"),
        ]
    ),
    height=300,
    key="tapping",
    taps=True,
)
st.write(f"点了 {told['tapped']}，第 {st.session_state.runs} 次运行")
