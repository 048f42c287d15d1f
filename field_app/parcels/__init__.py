"""Parcels: reading their files, screening, searching and drawing them."""
