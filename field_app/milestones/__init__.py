"""节点: the campaigns of the county, what units and the office owe in them by which day, what was sent."""
