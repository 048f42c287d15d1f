"""HTTP routes, one file per concern. Each file lists its `ROUTES`."""
