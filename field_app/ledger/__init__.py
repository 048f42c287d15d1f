"""The county's six ledgers: how an entry comes in, changes, is listed and leaves as Excel."""
