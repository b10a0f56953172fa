"""Pages, API and static files of the web server."""
