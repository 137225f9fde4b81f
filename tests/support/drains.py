"""A simulated site that is drained, and what must be there again afterwards: its workers, no note, every row."""

import json
import os
import shutil
import subprocess

from databases import Replica

NOTE = "kubectl-akqueue/drain"
WORKERS = 2


class DrainedSite(Replica):
    """Used from two machines: each has its own state directory."""

    def __init__(self, tasks):
        super().__init__(tasks)
        self.environment["TERM"] = "xterm"
        self.machines = [os.path.join(self.scratch, name) for name in ("one", "two")]

    def renew(self, speed="20"):
        """`speed` is how fast the world's clock goes. What other drains have left on the machines would do for this one's."""
        super().renew()
        for state in self.machines:
            shutil.rmtree(state, ignore_errors=True)
        self.goes(speed)
        self.before = self.everything()

    def goes(self, speed):
        self.environment["AKQUEUE_SIM_SPEED"] = speed

    def workers(self):
        """(replicas that the deployment asks for, a drain's note or None)"""
        asked = ["get", "deployment", "authentik-worker", "-n", "authentik", "-o", "json"]
        done = subprocess.run(["akqueue-sim", "kubectl", "--world", self.world, *asked], env=self.environment, stdout=subprocess.PIPE,
                              check=True)
        found = json.loads(done.stdout)
        note = found["metadata"].get("annotations", {}).get(NOTE)
        return found["spec"]["replicas"], json.loads(note) if note else None

    def on(self, machine, *arguments, **environment):
        return self.akqueue(*arguments, XDG_STATE_HOME=self.machines[machine], **environment)

    def drain(self, *options, machine=0, **environment):
        """Flushes in a drain, and does not watch afterwards. (exit status, standard output, standard error)"""
        return self.on(machine, "drain", *(options or ["flush"]), "--yes", "--follow-for", "0s", **environment)

    def must_drain(self, *options, machine):
        status, out, err = self.drain(*options, machine=machine)
        assert status == 0, f"drain {' '.join(options)}: {out}{err}"
        return out

    def workers_are_back(self, said):
        assert self.workers() == (WORKERS, None), said

    def rows_are_back(self, machines=(1, 0)):
        """By an undo on each machine that may have deleted some."""
        for machine in machines:
            if self.everything() == self.before:
                return
            status, out, err = self.on(machine, "undo", "--yes")
            assert status == 0 or "nothing to undo" in err, f"undo: {out}{err}"
        assert self.everything() == self.before, "the rows are not what they were"
