"""Who owns the test bed's PostgreSQL. What is to work beside it runs as that user: neither PostgreSQL nor PgBouncer runs as root."""

import os
import tempfile

import psycopg


class ServerOwner:
    def __init__(self):
        with self.superuser() as superuser:
            self.data, = superuser.execute("SHOW data_directory").fetchone()
            self.programs, = superuser.execute("SELECT setting FROM pg_config() WHERE name = 'BINDIR'").fetchone()
        self.files = os.stat(self.data)
        # For subprocess.
        self.rights = {"user": self.files.st_uid, "group": self.files.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}

    @staticmethod
    def superuser():
        return psycopg.connect(user=os.environ["AKQUEUE_TEST_SUPERUSER"], autocommit=True)

    def owns(self, path, mode):
        os.chmod(path, mode)
        os.chown(path, self.files.st_uid, self.files.st_gid)
        return path

    def directory(self, prefix):
        return self.owns(tempfile.mkdtemp(prefix=prefix), 0o700)
