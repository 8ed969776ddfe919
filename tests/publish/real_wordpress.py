"""A real WordPress on loopback, with a MariaDB of its own on a private folder and PHP's own web server.

It needs the Debian packages wordpress, php-cli, php-mysql and mariadb-server, which .ci/run installs.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PACKAGE = Path("/usr/share/wordpress")
TOOLS = ("php", "mariadbd", "mariadb-install-db")
PEOPLE = {"boss": "administrator", "writer": "author", "reader": "subscriber"}
"""The users, each with a role."""

_CONFIG = """<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:%(socket)s');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_ENVIRONMENT_TYPE', 'local');
define('WP_HOME', '%(url)s');
define('WP_SITEURL', '%(url)s');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_DEBUG', false);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }
require_once ABSPATH . 'wp-settings.php';
"""
_CREATE = """
mysqli_report(0);
$c = mysqli_connect(null, 'root', '', null, 0, $argv[1]);
exit($c && mysqli_query($c, 'CREATE DATABASE IF NOT EXISTS wordpress') ? 0 : 1);
"""
_INSTALL = """<?php
define('WP_INSTALLING', true);
$_SERVER['HTTP_HOST'] = '%(host)s';
require '%(root)s/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Test Paper', 'boss', 'boss@paper.example', true, '', 'unused-password');
foreach (%(people)s as $name => $role) {
  $id = username_exists($name) ?: wp_create_user($name, wp_generate_password(), $name . '@paper.example');
  (new WP_User($id))->set_role($role);
  [$password, ] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'tests']);
  echo "secret $name $password\\n";
}
"""


def missing() -> list[str]:
    """What is not installed here."""
    search = f"{os.environ.get('PATH', '')}:/usr/sbin"
    return [tool for tool in TOOLS if shutil.which(tool, path=search) is None] + (
        [] if PACKAGE.is_dir() else ["wordpress"]
    )


class RealWordPress:
    """A running site: its `url`, its `folder`, and the application password of each of PEOPLE in `secrets`."""

    def __init__(self, folder: Path) -> None:
        self._folder = self.folder = folder
        self._socket = folder / "db.sock"
        self._processes: list[subprocess.Popen[bytes]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._host = f"127.0.0.1:{port}"
        self.url = f"http://{self._host}"
        self._root = folder / "site"
        try:
            self._start_database()
            self.secrets = self._install()
            self._serve()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop the servers."""
        for process in reversed(self._processes):
            # PHP's server has workers, which outlive it unless the whole group is ended.
            os.killpg(process.pid, signal.SIGTERM)
        for process in self._processes:
            process.wait(timeout=30)

    def php(self, code: str) -> str:
        """What a piece of PHP prints that runs inside WordPress."""
        script = self._folder / "script.php"
        script.write_text(f"<?php $_SERVER['HTTP_HOST']='{self._host}'; require '{self._root}/wp-load.php';\n{code}")
        return self._run(["php", str(script)])

    def _run(self, words: Sequence[str], stdin: str = "") -> str:
        done = subprocess.run(words, input=stdin, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, f"{words[0]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done.stdout

    def _start(self, words: Sequence[str], **more: Any) -> subprocess.Popen[bytes]:
        log = (self._folder / f"{Path(words[0]).name}.log").open("wb")
        process: subprocess.Popen[bytes]
        process = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True, **more)
        self._processes.append(process)
        return process

    def _start_database(self) -> None:
        data = self._folder / "db"
        as_root = [f"--user={os.environ.get('USER') or 'root'}"] if os.geteuid() == 0 else []
        install = [
            "mariadb-install-db",
            "--no-defaults",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
        ]
        self._run([*install, "--skip-test-db", *as_root])
        server = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin") or "mariadbd"
        options = [
            f"--datadir={data}",
            f"--socket={self._socket}",
            "--skip-networking",
            "--innodb-flush-log-at-trx-commit=0",
        ]
        self._start([server, "--no-defaults", *options, *as_root, f"--pid-file={self._folder / 'pid'}"])
        until(self._socket.exists, "the database")
        create = ["php", "-r", _CREATE, str(self._socket)]
        until(lambda: subprocess.run(create, capture_output=True, check=False).returncode == 0, "SQL")

    def _install(self) -> dict[str, str]:
        shutil.copytree(PACKAGE, self._root, symlinks=False, ignore_dangling_symlinks=True)
        given = {"socket": self._socket, "url": self.url, "root": self._root, "host": self._host}
        (self._root / "wp-config.php").unlink(missing_ok=True)
        (self._root / "wp-config.php").write_text(_CONFIG % given)
        people = "[" + ", ".join(f"'{name}' => '{role}'" for name, role in PEOPLE.items()) + "]"
        script = self._folder / "install.php"
        script.write_text(_INSTALL % (given | {"people": people}))
        lines = [line.split(" ") for line in self._run(["php", str(script)]).splitlines() if line.startswith("secret ")]
        return {name: " ".join(parts) for _, name, *parts in lines}

    def _serve(self) -> None:
        self._start(["php", "-S", self._host, "-t", str(self._root)], env=os.environ | {"PHP_CLI_SERVER_WORKERS": "4"})
        until(lambda: answers(f"{self.url}/?rest_route=/"), "WordPress")


def answers(url: str) -> bool:
    """Whether a server answers at an address."""
    try:
        with urllib.request.urlopen(url, timeout=600) as found:
            return bool(found.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def until(done: Callable[[], bool], what: str) -> None:
    """Wait until something is so; a minute at most."""
    for _ in range(600):
        if done():
            return
        time.sleep(0.1)
    raise AssertionError(f"{what} did not start")
