"""Who somebody is, and for how long: accounts, sessions, passwords, mailed links."""
