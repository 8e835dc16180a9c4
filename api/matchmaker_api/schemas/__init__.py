"""What goes over the wire: the portal's contract, apart from the domain so that each can change by itself."""
