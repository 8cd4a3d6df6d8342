# pty
