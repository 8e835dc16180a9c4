"""One file a source format; each turns a file into collaborators with documents."""
