"""A real mailbox: Dovecot from the distribution, in a folder of its own, on loopback."""

import getpass
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"
USER, PASSWORD = "post", "hemligt-prov"


def _configuration(folder: Path, port: int) -> str:
    is_root = os.geteuid() == 0
    who = "nobody" if is_root else getpass.getuser()
    account = pwd.getpwnam(who)
    # Without root Dovecot's inner users are ourselves and nothing changes its root directory.
    inner = (
        ""
        if is_root
        else f"default_internal_user = {who}\ndefault_login_user = {who}\ndefault_internal_group = {who}\n"
    )
    rootless = "" if is_root else "service imap-login {\n  chroot =\n}\nservice anvil {\n  chroot =\n}\n"
    return f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
{inner}{rootless}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = {account.pw_uid}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={account.pw_uid} gid={account.pw_gid} home={folder}/mail/%u
}}
"""


@contextmanager
def mailbox(folder: Path) -> Iterator[str]:
    """Run a server and give the address of its mailbox."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Its workers are another user: they must be able to get there.
    folder.chmod(0o755)
    for name in ("run", "state", "mail"):
        (folder / name).mkdir()
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder / "mail", nobody.pw_uid, nobody.pw_gid)
    configuration = folder / "dovecot.conf"
    configuration.write_text(_configuration(folder, port))
    server = subprocess.Popen(
        [PROGRAM, "-F", "-c", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        deadline = time.monotonic() + 15
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert server.poll() is None, server.stderr.read() if server.stderr else ""
            assert time.monotonic() < deadline, (folder / "log").read_text()
            time.sleep(0.05)
        yield f"imap://{USER}:{PASSWORD}@127.0.0.1:{port}/INBOX"
    finally:
        server.terminate()
        server.wait(timeout=10)
        if server.stderr:
            server.stderr.close()
