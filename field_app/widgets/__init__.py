"""What runs in the browser inside a page: Streamlit components and their Python side.

The scripts stand in `static/widgets` and `static/js` as plain ES modules.
"""

from field_app.widgets.place import Here, my_position, way_to
from field_app.widgets.taker import photo_taker

__all__ = ["Here", "my_position", "photo_taker", "way_to"]
