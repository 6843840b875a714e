"""What `make bench` measures: the cost of a decision, beside what it is made of."""
