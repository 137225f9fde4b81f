#!/usr/bin/env python3
"""What a person's machine may do to a command: closed and full outputs, few files, names without end, things in the state
directory that are no files of ours.

Every command ends soon and says in words what is wrong; none says `unforeseen`, hangs, or takes what is not its own.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile

LONG = "x" * 5000
DEEP = "/" + "x/" * 5000
DELETE = "kubectl-akqueue delete --actor outpost_send_update --limit 5 --yes"
LOOKS = ["kubectl-akqueue history", "kubectl-akqueue backups", "kubectl-akqueue undo --yes", "kubectl-akqueue backups verify",
         "kubectl-akqueue backups prune --older-than 1d --yes"]
NEXT = "hint: "  # most say what to do next


class Machine:
    def __init__(self, scratch):
        self.scratch, self.faults = scratch, []
        self.state = os.path.join(scratch, "state", "akqueue")
        world = os.path.join(scratch, "world")
        self.environment = dict(os.environ, XDG_STATE_HOME=os.path.join(scratch, "state"), HOME=os.path.join(scratch, "home"), AKQUEUE_SIM=world)
        subprocess.run(["akqueue-sim", "create", world, "--scenario", "outpost-storm", "--tasks", "400"], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def run(self, line, **variables):
        environment = {name: value for name, value in {**self.environment, **variables}.items() if value is not None}
        try:
            done = subprocess.run(["bash", "-c", line], env=environment, cwd=self.scratch, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  stdin=subprocess.DEVNULL, check=False, timeout=20)
        except subprocess.TimeoutExpired:
            return -1, "", "it does not end"
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def expect(self, line, status, *words, **variables):
        ended, out, said = self.run(line, **variables)
        if ended != status or "unforeseen" in said or any(word not in said for word in words):
            self.faults.append(f"{line[:150]} {str(variables)[:80]}: exit status {ended}, not {status} with {words}: {said[-400:]}")
        return out


def outputs(machine):
    for closed in (">&-", ">/dev/full"):
        machine.expect("kubectl-akqueue status " + closed, 1, "error: can't write the output: ")
        machine.expect("kubectl-akqueue help " + closed, 1, "error: can't write the output: ")
    machine.expect("kubectl-akqueue status >&- 2>&- <&-", 1)
    machine.expect("kubectl-akqueue list --all --limit 0 -o json | sleep 0; exit ${PIPESTATUS[0]}", 141)
    # A file that is opened in place of a closed stream would take what is printed.
    machine.expect(DELETE + " >&- 2>&- <&-", 1)
    machine.expect("kubectl-akqueue backups verify", 0)
    for line in open(os.path.join(machine.state, "history.jsonl"), encoding="utf-8"):
        json.loads(line)


def names(machine):
    machine.expect(f"{DELETE} --backup-file {LONG}", 1, "File name too long", "hint: choose another --backup-file")
    machine.expect(f"{DELETE} --backup-file {'x/' * 1000}", 1, "there is no such directory", NEXT)
    machine.expect(f"{DELETE} --backup-file /dev/null", 3, "is there already", NEXT)
    machine.expect(f"kubectl-akqueue restore {LONG}", 1, "File name too long")
    machine.expect(f"kubectl-akqueue backups verify {LONG}", 1, "File name too long")
    machine.expect(f"kubectl-akqueue status --sim {LONG}", 1, "there is no world")
    machine.expect(f"kubectl-akqueue status --kubeconfig {LONG}", 1, "error: ")
    machine.expect(f"kubectl-akqueue completion install --dir /{LONG}", 1, "is not a directory")
    for line in [DELETE, *LOOKS]:
        machine.expect(line, 1, "File name too long", NEXT, XDG_STATE_HOME="/" + LONG)
        machine.expect(line, 1, "File name too long", NEXT, XDG_STATE_HOME=DEEP)
        machine.expect(line, 1, "neither XDG_STATE_HOME nor HOME", NEXT, XDG_STATE_HOME=None, HOME=None)
    machine.expect("mkdir gone && cd gone && rmdir ../gone && " + DELETE + " --backup-file x.gz", 1, "can't tell where x.gz is", NEXT)


def few_files(machine):
    ended = []
    for files in range(5, 30):
        status, _, said = machine.run(f"ulimit -n {files}; kubectl-akqueue status")
        ended.append(status)
        if status != 0 and "Too many open files" not in said:
            machine.faults.append(f"with {files} files: exit status {status}: {said}")
    if ended[0] != 1 or ended[-1] != 0:
        machine.faults.append(f"with few files status ends with {ended}")
    machine.expect("ulimit -n 4; kubectl-akqueue backups", 0, "can't be read, and left alone")


def strange_histories(machine):
    history = os.path.join(machine.state, "history.jsonl")
    kept = history + ".kept"
    os.rename(history, kept)
    for make, reason in ((f"mkfifo {history}", "it is not a regular file"), (f"mkdir {history}", "Is a directory"), (f"ln -s /dev/zero {history}", ""),
                         (f"ln -s {history} {history}", "symbolic links")):
        machine.expect(make, 0)
        for line in ("kubectl-akqueue history", "kubectl-akqueue undo --yes"):
            machine.expect(line, 1, "can't read " + history, reason, NEXT)
        machine.expect("kubectl-akqueue backups", 0, "can't read " + history)
        machine.expect("kubectl-akqueue __complete restore ''", 0)
        machine.expect(DELETE, 1, "can't write " + history, NEXT)
        machine.expect(f"rm -r {history}", 0)
    os.rename(kept, history)
    with open(history, "ab") as file:
        file.write(b"x" * 20_000_000 + b"\n[[[[\n\xff\n")
    machine.expect("kubectl-akqueue history", 0)
    for place in ("file", "state-file/akqueue", "backups-file/akqueue/backups"):
        path = os.path.join(machine.scratch, place)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        for folder in (os.path.dirname(path), os.path.dirname(os.path.dirname(path))):
            if folder.startswith(machine.scratch + "/"):
                os.chmod(folder, 0o700)
        with open(path, "w", encoding="utf-8"):
            pass
        where = os.path.join(machine.scratch, place.split("/")[0])
        machine.expect("kubectl-akqueue backups", 1, "Not a directory", XDG_STATE_HOME=where)
        machine.expect("kubectl-akqueue history", 0 if place.startswith("backups") else 1, XDG_STATE_HOME=where)
        machine.expect(DELETE, 3 if "/" in place else 1, "irectory", XDG_STATE_HOME=where)


def pruning(machine):
    folder = os.path.join(machine.state, "backups")
    ours = sorted(os.listdir(folder))
    name = "20251126T221251Z-352{}-authentik-delete.tasks.gz".format
    backup = os.path.join(folder, ours[0])
    made = ["notes.txt", "mine.tasks.gz", name("a"), name("b"), name("c"), name("d"), name("e") + ".part"]
    lines = [f"echo mine >notes.txt", f"cp {backup} mine.tasks.gz", f"echo '{{}}' >{name('a')}", f"mkfifo {name('b')}", f"mkdir {name('c')}",
             f"ln -s {backup} {name('d')}", f"cp {backup} {name('e')}.part", "touch -h -d '40 days ago' *"]
    machine.expect(f"cd {folder} && " + " && ".join(lines), 0)
    listed = json.loads(machine.expect("kubectl-akqueue backups -o json", 0))
    if [os.path.basename(one["path"]) for one in listed["backups"]] != ours[::-1] or listed["others"] != sorted(made):
        machine.faults.append(f"listed are {listed}")
    machine.expect("kubectl-akqueue backups", 0, "no backups, and left alone in " + folder)
    machine.expect("kubectl-akqueue backups prune --older-than 30d --yes", 0, "and left alone")
    if sorted(os.listdir(folder)) != sorted(made):
        machine.faults.append(f"pruning left {os.listdir(folder)}")


def endless_lists(machine):
    machine.expect("yes | kubectl-akqueue delete -f - --yes", 2, "standard input, line 1: 'y' is not a task id")
    machine.expect("tr '\\0' x </dev/zero | kubectl-akqueue delete -f - --yes", 2, "standard input, line 1")
    machine.expect("kubectl-akqueue delete -f /dev/zero --yes", 2, "holds no task id")
    machine.expect("kubectl-akqueue delete -f / --yes", 1, "can't read /")


def main():
    with contextlib.ExitStack() as stack:
        machine = Machine(stack.enter_context(tempfile.TemporaryDirectory(prefix="akqueue-places.")))
        for part in (outputs, names, few_files, strange_histories, pruning, endless_lists):
            part(machine)
    for fault in machine.faults:
        print(fault)
    print("every place is told in words" if not machine.faults else f"{len(machine.faults)} faults")
    return 1 if machine.faults else 0


if __name__ == "__main__":
    sys.exit(main())
