"""One function per act: call the deed, run the checks, ask the gatekeeper, write. Every surface uses these."""
