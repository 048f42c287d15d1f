"""重新核验: all photos examined by proposed rules beside what is in force, the difference shown,
and then put in force or dropped. `runs` proposes and decides, `worker` does it, `difference`
tells, `applying` writes."""
