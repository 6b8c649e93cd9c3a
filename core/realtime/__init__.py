"""How pushes reach open sockets, in one process and across many."""
