"""The Streamlit script. It runs at each rerun; everything it does stands in `shell`."""

from field_app import shell

shell.run()
