"""The pages: server-rendered HTML that works without JavaScript. One file of routes for each kind of reader."""
