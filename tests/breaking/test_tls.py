"""TLS to a real PostgreSQL, whose certificate a CA of the site's own has signed: what gets in, and what is said if nothing does."""

import os
import pathlib
import subprocess

import pytest

from server_owner import ServerOwner
from waiting import wait_until

TASKS = 10
FAILS = "error: TLS to the database fails in pod authentik-server-0: "
NOT_TAKEN = "error: the database does not take such a connection from pod authentik-server-0: "
HOST = "localhost"  # what the certificate names
ALL, TLS_ALONE = "host", "hostssl"  # as pg_hba.conf says it


def openssl(place, words):
    subprocess.run(["openssl", *words.split()], cwd=place, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_authority(place):
    """A CA; the path of its certificate."""
    openssl(place, "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=an-authority")
    return place / "ca.crt"


def sign(place):
    """What that CA says of HOST: the paths of certificate and key."""
    (place / "names").write_text(f"subjectAltName = DNS:{HOST}\n", encoding="utf-8")
    openssl(place, f"req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.csr -subj /CN={HOST}")
    openssl(place, "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.crt")
    return place / "server.crt", place / "server.key"


class Server(ServerOwner):
    """The test bed's PostgreSQL, whose settings change while it runs."""

    def __init__(self):
        super().__init__()
        self.access = pathlib.Path(self.data, "pg_hba.conf")
        self.locally = self.access.read_text(encoding="utf-8")

    def takes(self, kind, tls):
        """Connections of that kind over TCP, with or without TLS."""
        self.access.write_text(f"{self.locally}{kind} all all 127.0.0.1/32 scram-sha-256\n", encoding="utf-8")
        with self.superuser() as superuser:
            superuser.execute(f"ALTER SYSTEM SET ssl = {'on' if tls else 'off'}")
            before = superuser.execute("SELECT pg_conf_load_time()").fetchone()
            superuser.execute("SELECT pg_reload_conf()")
        wait_until(lambda: self.loaded() != before, "the server does not take up its settings")

    def loaded(self):
        """When the settings of a new session were read."""
        with self.superuser() as superuser:
            return superuser.execute("SELECT pg_conf_load_time()").fetchone()


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return make_authority(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def server(authority):
    made = Server()
    for file in sign(authority.parent):  # by the names that PostgreSQL looks for
        inside = pathlib.Path(made.data, file.name)
        inside.write_bytes(file.read_bytes())
        made.owns(inside, 0o600)
    return made


@pytest.fixture
def look(peer):
    """Asks for the status through TCP, with settings of authentik's that are given in lower case."""
    def look(**settings):
        environment = {"host": HOST, "port": os.environ["PGPORT"], **settings}
        return peer.akqueue("status", **{f"AUTHENTIK_POSTGRESQL__{name.upper()}": str(value) for name, value in environment.items()})
    return look


@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_tls_with_the_sites_own_ca(server, authority, look, mode):
    """The server takes nothing without TLS."""
    server.takes(TLS_ALONE, tls=True)
    status, out, said = look(sslmode=mode, sslrootcert=authority)
    assert status == 0 and "database authentik" in out, f"{out}{said}"


def test_another_ca(server, look, tmp_path):
    server.takes(TLS_ALONE, tls=True)
    status, _, said = look(sslmode="verify-full", sslrootcert=make_authority(tmp_path))
    assert status == 1 and FAILS in said and "certificate verify failed" in said, said
    assert "hint: check AUTHENTIK_POSTGRESQL__SSLMODE and __SSLROOTCERT in that pod" in said


def test_a_host_that_the_certificate_does_not_name(server, authority, look):
    server.takes(TLS_ALONE, tls=True)
    status, _, said = look(sslmode="verify-full", sslrootcert=authority, host="127.0.0.1")
    assert status == 1 and FAILS in said and "does not match host name" in said, said


def test_no_file_of_the_ca(server, look, tmp_path):
    server.takes(TLS_ALONE, tls=True)
    status, _, said = look(sslmode="verify-full", sslrootcert=tmp_path / "nothing.crt")
    assert status == 1 and FAILS in said and "nothing.crt" in said, said


def test_a_server_without_tls(server, look):
    server.takes(ALL, tls=False)
    status, _, said = look(sslmode="require")
    assert status == 1 and FAILS in said and "server does not support SSL" in said, said


def test_a_server_that_wants_tls(server, look):
    server.takes(TLS_ALONE, tls=True)
    status, _, said = look(sslmode="disable")
    assert status == 1 and NOT_TAKEN in said, said
    assert "hint: its pg_hba.conf may ask for TLS (AUTHENTIK_POSTGRESQL__SSLMODE=require)" in said, said
