"""提醒: once a working day each unit is told how much it owes, by mail or by a group's robot."""
