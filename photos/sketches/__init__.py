"""Pictures that explain a verdict at a glance, as SVG: of one photo, and of a visit's photos."""
