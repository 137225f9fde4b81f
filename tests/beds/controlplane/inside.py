#!/usr/bin/python3
"""The control plane around a command; with-control-plane calls this under with-cluster.

SIGUSR1 kills the API server with -9, SIGUSR2 starts it again where it was; etcd, the controllers and the node stay.

Users, by a token each: `admin` may do everything; `viewer` looks at authentik's namespace; `operator` may do nothing
until a test gives it a role. A context of the same name has no namespace of its own; `here` is admin in authentik's.
"""

import json
import os
import pathlib
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import objects

HERE = pathlib.Path(__file__).resolve().parent
TOOLS = pathlib.Path(os.environ["AKQUEUE_CONTROL_PLANE"])
USERS = {"admin": "system:masters", "viewer": "", "operator": ""}
PATIENCE_S = 60


def free_port():
    """A port that nothing listens on, outside the range for outgoing connections."""
    while True:
        port = random.randint(20000, 32000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port


class ControlPlane:
    def __init__(self):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="akqueue-cluster."))
        self.parts = []
        self.tokens = {user: secrets.token_hex(16) for user in USERS}
        self.port = free_port()
        self.kubeconfig = self.base / "kubeconfig"

    def start_part(self, name, *arguments, environment=None):
        """setpriv: it dies with this process, however that ends. In its own session: Ctrl-C is for the command."""
        with open(self.base / f"{name}.log", "ab") as log:
            self.parts.append((name, subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", TOOLS / name, *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.base, env=environment, start_new_session=True)))

    def start(self):
        key, certificate = self.write_credentials()
        peers, clients = free_port(), free_port()
        self.start_part("etcd", "--unsafe-no-fsync", "--data-dir", self.base / "etcd", "--log-level", "warn",
                        "--listen-client-urls", f"http://127.0.0.1:{clients}", "--advertise-client-urls", f"http://127.0.0.1:{clients}",
                        "--listen-peer-urls", f"http://127.0.0.1:{peers}", "--initial-advertise-peer-urls", f"http://127.0.0.1:{peers}",
                        "--initial-cluster", f"default=http://127.0.0.1:{peers}")
        self.api_server = [
            "kube-apiserver", "--etcd-servers", f"http://127.0.0.1:{clients}", "--bind-address", "127.0.0.1",
            "--advertise-address", "127.0.0.1", "--secure-port", str(self.port), "--cert-dir", self.base / "certificates",
            "--token-auth-file", self.base / "tokens.csv", "--authorization-mode", "RBAC", "--anonymous-auth=false",
            "--service-account-issuer", "test-bed", "--service-account-key-file", certificate,
            "--service-account-signing-key-file", key, "--disable-admission-plugins", "ServiceAccount",
            "--endpoint-reconciler-type", "none", "--kubelet-preferred-address-types", "InternalIP",
            "--kubelet-client-certificate", certificate, "--kubelet-client-key", key,
            "--service-cluster-ip-range", "10.43.0.0/16", "--profiling=false"]
        self.start_part(*self.api_server)
        self.await_readiness()
        self.start_part("controllers", "-kubeconfig", self.kubeconfig)
        self.start_part("node", "-kubeconfig", self.kubeconfig, "-name", objects.NODE, "-client-certificate", certificate,
                        environment=container_environment())
        self.apply(*objects.authentik())
        self.kubectl("wait", "deployment", "--all", "--for", "condition=Available", "-n", objects.NAMESPACE, f"--timeout={PATIENCE_S}s")

    def kill_api_server(self):
        for entry in [entry for entry in self.parts if entry[0] == self.api_server[0]]:
            entry[1].kill()
            entry[1].wait()
            self.parts.remove(entry)

    def restart_api_server(self):
        self.kill_api_server()
        self.start_part(*self.api_server)

    def write_credentials(self):
        """One key signs service accounts' tokens and the API server's certificate towards the node."""
        key, certificate = self.base / "key.pem", self.base / "certificate.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/O=system:masters/CN=kube-apiserver", "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
        tokens = [f'{token},{user},{user},"{USERS[user]}"\n' for user, token in self.tokens.items()]
        (self.base / "tokens.csv").write_text("".join(tokens))
        cluster = {"server": f"https://127.0.0.1:{self.port}", "certificate-authority": str(self.base / "certificates" / "apiserver.crt")}
        contexts = [{"name": user, "context": {"cluster": "test-bed", "user": user}} for user in USERS]
        contexts.append({"name": "here", "context": {"cluster": "test-bed", "user": "admin", "namespace": objects.NAMESPACE}})
        self.kubeconfig.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "admin", "contexts": contexts,
            "clusters": [{"name": "test-bed", "cluster": cluster}],
            "users": [{"name": user, "user": {"token": token}} for user, token in self.tokens.items()]}))
        return key, certificate

    def await_readiness(self):
        deadline = time.monotonic() + PATIENCE_S
        while True:
            asked = subprocess.run(self.kubectl_command("get", "--raw", "/readyz"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if asked.returncode == 0:
                return
            for name, part in self.parts:
                if part.poll() is not None:
                    raise RuntimeError(f"{name} ended with {part.returncode}")
            if time.monotonic() > deadline:
                raise RuntimeError("the API server is not ready: " + asked.stdout.decode())
            time.sleep(0.1)

    def kubectl_command(self, *words):
        return [TOOLS / "kubectl", "--kubeconfig", self.kubeconfig, *words]

    def kubectl(self, *words, **more):
        subprocess.run(self.kubectl_command(*words), check=True, stdout=subprocess.DEVNULL, **more)

    def apply(self, *several):
        self.kubectl("apply", "-f", "-", input=json.dumps({"apiVersion": "v1", "kind": "List", "items": several}).encode())

    def command_environment(self):
        """with-cluster's, but with the real kubectl."""
        chosen = self.base / "bin"
        chosen.mkdir()
        (chosen / "kubectl").symlink_to(os.environ.get("AKQUEUE_KUBECTL") or TOOLS / "kubectl")
        environment = dict(os.environ, KUBECONFIG=str(self.kubeconfig), PATH=f"{chosen}:{os.environ['AKQUEUE_PATH']}",
                           AKQUEUE_CLUSTER_LOGS=str(self.base), AKQUEUE_CLUSTER_PID=str(os.getpid()))
        del environment["AKQUEUE_PATH"]
        return environment

    def close(self, status):
        for _, part in reversed(self.parts):
            part.kill()
            part.wait()
        if status != 0:
            kept = tempfile.mkdtemp(prefix="akqueue-cluster-logs.")
            for log in self.base.glob("*.log"):
                shutil.copy(log, kept)
            print(f"with-control-plane: exit status {status}; the logs of etcd, kube-apiserver, controllers and node are in {kept}", file=sys.stderr)
        shutil.rmtree(self.base)


def container_environment():
    """What a command in the server container finds: authentik's settings and its `python`; nothing of this machine's."""
    environment = {name: value for name, value in os.environ.items() if name.startswith(("AUTHENTIK_", "PYTHONPATH", "LANG"))}
    environment["PATH"] = f"{HERE.parent / 'postgres' / 'bin' / 'container'}:/usr/bin:/bin"
    return environment


def main():
    # A signal ends this like an exception, so that everything is taken down.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    status, command, plane = 1, None, ControlPlane()
    try:
        plane.start()
        signal.signal(signal.SIGUSR1, lambda *_: plane.kill_api_server())
        signal.signal(signal.SIGUSR2, lambda *_: plane.restart_api_server())
        command = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", *sys.argv[1:]], env=plane.command_environment())
        status = command.wait()
        status = status if status >= 0 else 128 - status
    except SystemExit as asked_to_end:
        status = asked_to_end.code
    except (RuntimeError, OSError, subprocess.CalledProcessError) as wrong:
        print(f"with-control-plane: {wrong}", file=sys.stderr)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if command and command.poll() is None:
            command.terminate()
            try:
                command.wait(10)
            except subprocess.TimeoutExpired:
                command.kill()
        plane.close(status)
    return status


if __name__ == "__main__":
    sys.exit(main())
