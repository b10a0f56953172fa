"""The governance office: the gatekeeper, policies, inventory, lines, keys, audit and flow."""
