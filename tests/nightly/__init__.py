"""Night after night: only what changed is sent, and a file that has drifted is noticed."""
