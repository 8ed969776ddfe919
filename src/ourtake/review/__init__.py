"""The editor's desk: one session object for page, terminal and plain mode; and the record of a sign-off."""
