"""The demonstration county: invented people, parcels and photos, drawn and not collected."""
