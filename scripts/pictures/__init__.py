"""The tour: every page that people see, in a world in which each of them has something to show."""
