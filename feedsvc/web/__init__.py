"""HTTP: requests in, responses out (RFC 9110)."""
