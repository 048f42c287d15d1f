"""The six ledgers as printed forms: their columns, their looks, and what the machine keeps in them."""
