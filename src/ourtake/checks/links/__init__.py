"""Links and the titles that go with them."""
