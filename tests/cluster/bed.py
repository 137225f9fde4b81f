"""What cases on the control plane share: the plugin, kubectl and the database as a person has them, and waiting.

A case is a function test_…(bed) in a file of cases/, its docstring a sentence. Before each one authentik's objects are applied
anew and the queue is empty; cases/test_basics.py shows how they are written.
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import objects
from api import Api
from said_once import said_twice

HERE = pathlib.Path(__file__).resolve().parent
FLOOD = HERE.parent / "beds" / "postgres" / "flood.py"
LIMIT_S = 120
TASK, LOG = "authentik_tasks_task", "authentik_tasks_tasklog"


@dataclasses.dataclass
class Done:
    """How a command ended, and what it printed."""
    words: list
    status: int
    out: str
    errors: str

    @property
    def document(self):
        return json.loads(self.out)

    def __str__(self):
        return f"{' '.join(map(str, self.words))}: exit status {self.status}\n{self.out}{self.errors}"


def expect(true, what):
    """As `assert true, what`, whose message would be cut where it is a command and all that it printed."""
    __tracebackhide__ = True
    if not true:
        raise AssertionError(str(what))


def wait_for(question, what, limit=30):
    """Asks until the answer is true, and returns that."""
    __tracebackhide__ = True
    deadline = time.monotonic() + limit
    while True:
        answer = question()
        if answer:
            return answer
        expect(time.monotonic() < deadline, f"waited {limit} s for {what}")
        time.sleep(0.05)


def wait_during(process, question, what):
    """The same while a command runs, whose end before that says why it will not come."""
    def answer():
        if process.poll() is not None:
            raise AssertionError(f"ended with {process.returncode} before {what}: {''.join(process.communicate())}")
        return question()
    return wait_for(answer, what)


class Bed:
    def __init__(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="akqueue-bed."))
        self.environment = dict(os.environ, XDG_STATE_HOME=str(self.scratch / "state"), NO_COLOR="1")
        for name in ("AKQUEUE_SIM", "PYTHONPATH"):
            self.environment.pop(name, None)
        self.api = Api(self.environment["KUBECONFIG"])

    def close(self):
        shutil.rmtree(self.scratch)

    # Commands.

    def run(self, *words, input=None, limit=LIMIT_S, environment=None):
        done = subprocess.run(words, input=input, stdin=subprocess.DEVNULL if input is None else None, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.PIPE, env=dict(self.environment, **(environment or {})), timeout=limit, check=False)
        return Done(list(words), done.returncode, done.stdout, done.stderr)

    def akqueue(self, *words, wanted=0, **more):
        """`kubectl akqueue …` as it is typed: kubectl finds the plugin on PATH. `wanted` None takes any exit status."""
        done = self.run("kubectl", "akqueue", *words, **more)
        expect(wanted is None or done.status == wanted, done)
        expect(not said_twice(done.errors), done)
        return done

    def start(self, *words, environment=None):
        """The plugin in the background, so that the case can end it or something else in the meantime."""
        return subprocess.Popen(["kubectl-akqueue", *words], env=dict(self.environment, **(environment or {})), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def kubeconfig(self, name, change):
        """A copy of the control plane's kubeconfig next to it, changed by change(document); its path."""
        document = json.loads(pathlib.Path(self.environment["KUBECONFIG"]).read_text())
        change(document)
        path = self.scratch / name
        path.write_text(json.dumps(document))
        return str(path)

    @property
    def port(self):
        """The API server's."""
        document = json.loads(pathlib.Path(self.environment["KUBECONFIG"]).read_text())
        return int(document["clusters"][0]["cluster"]["server"].rsplit(":", 1)[1])

    def over(self, line):
        """The environment in which every kubectl goes over the line."""
        def change(document):
            document["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{line.port}"
        return {"KUBECONFIG": self.kubeconfig(f"over-{line.port}", change)}

    def kubectl(self, *words, wanted=0, **more):
        done = self.run("kubectl", *words, **more)
        expect(wanted is None or done.status == wanted, done)
        return done

    # The cluster.

    def apply(self, *several):
        self.kubectl("apply", "-f", "-", input=json.dumps({"apiVersion": "v1", "kind": "List", "items": several}))

    def get(self, kind, name=None, namespace=objects.NAMESPACE):
        return self.api.get(kind, name, namespace)

    def replicas(self, component="worker", release="authentik"):
        return self.get("deployment", f"{release}-{component}")["spec"]["replicas"]

    def pods(self, component, namespace=objects.NAMESPACE, release="authentik"):
        return self.api.get("pods", None, namespace, objects.labels(component, release))["items"]

    def settled(self, component="worker"):
        """All replicas that are asked for are ready, and no other pod is left."""
        deployment, pods = self.get("deployment", f"authentik-{component}"), self.pods(component)
        wanted = deployment["spec"]["replicas"]
        return len(pods) == wanted == deployment["status"].get("readyReplicas", 0) and not any("deletionTimestamp" in pod["metadata"] for pod in pods)

    def behave(self, component="worker", **annotations):
        """How the pods that are there now behave from here on: ends_after="3s", hangs="true"."""
        words = [f"test/{name.replace('_', '-')}={value}" for name, value in annotations.items()]
        for pod in self.pods(component):
            self.kubectl("annotate", "pod", pod["metadata"]["name"], "-n", objects.NAMESPACE, "--overwrite", *words)

    @contextlib.contextmanager
    def added(self, *several):
        """More deployments for a while: there with all their pods, and gone with them afterwards."""
        self.apply(*several)
        names = [(one["metadata"]["namespace"], f"deployment/{one['metadata']['name']}") for one in several if one["kind"] == "Deployment"]
        try:
            for namespace, name in names:
                self.kubectl("rollout", "status", name, "-n", namespace, "--timeout=60s")
            yield
        finally:
            for namespace, name in names:
                self.kubectl("delete", name, "-n", namespace, "--cascade=foreground", "--timeout=60s")

    def granted(self, user, rules, namespace=objects.NAMESPACE):
        """The user may do just this."""
        self.apply(*objects.rights(user, rules, namespace))

    def api_server(self, runs):
        """Ends the API server with -9, or starts it again and waits for it and for what follows its objects."""
        os.kill(int(self.environment["AKQUEUE_CLUSTER_PID"]), signal.SIGUSR2 if runs else signal.SIGUSR1)
        wait_for(lambda: (self.kubectl("get", "--raw", "/readyz", wanted=None, limit=20).status == 0) == runs, "the API server", 60)

    def renew(self):
        """As a site that is well: authentik's objects and nothing else, an empty queue, no backups."""
        self.kubectl("delete", "hpa", "--all", "-n", objects.NAMESPACE, "--wait=false")
        for component in objects.COMPONENTS:
            for pod in self.pods(component):
                if pod["metadata"].get("annotations", {}).get("test/hangs") == "true":
                    self.kubectl("delete", "pod", pod["metadata"]["name"], "-n", objects.NAMESPACE, "--force", "--grace-period=0", wanted=None)
        # Replaced, not applied: what a case has added to them is to go as well.
        self.kubectl("replace", "-f", "-", input=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects.authentik()}))
        for component in objects.COMPONENTS:
            wait_for(lambda: self.settled(component), f"authentik-{component} to be as it was")
        self.psql(f"TRUNCATE {TASK}, {LOG}")
        shutil.rmtree(self.scratch / "state", ignore_errors=True)

    # The database.

    def psql(self, sql):
        done = self.run("psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql)
        expect(done.status == 0, done)
        return done.out.strip()

    def flood(self, tasks, logs=2):
        done = self.run("/usr/bin/python3", str(FLOOD), str(tasks), "--logs", str(logs))
        expect(done.status == 0, done)

    def tasks(self, condition="true"):
        return int(self.psql(f"SELECT count(*) FROM {TASK} WHERE {condition}"))

    def everything(self):
        """A hash of all rows."""
        return self.psql(f"SELECT (SELECT md5(string_agg(md5(t::text), '' ORDER BY t.message_id)) FROM {TASK} t), "
                         f"(SELECT md5(string_agg(md5(l::text), '' ORDER BY l.id)) FROM {LOG} l)")

    def sessions(self):
        """The agent's sessions in the database."""
        return self.psql("SELECT pid FROM pg_stat_activity WHERE application_name = 'akqueue'").split()


def children(process, name="kubectl"):
    found = subprocess.run(["pgrep", "-P", str(process.pid), name], stdout=subprocess.PIPE, check=False).stdout.split()
    return [int(pid) for pid in found]


@contextlib.contextmanager
def ended_after(process):
    """However the case goes on, the process does not outlive it."""
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
