"""Where records, bytes, jobs and sessions are kept; importing one room of it imports only what that room needs."""
