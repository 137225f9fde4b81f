"""What a person's machine may do to a command: closed and full outputs, few files, names without end, things in the state
directory that are no files of ours.

Every command ends soon and says in words what is wrong; none says `unforeseen`, hangs, or takes what is not its own.
"""

import contextlib
import json
import os
import subprocess

import pytest

from databases import Replica

LONG = "x" * 5000
DEEP = "/" + "x/" * 5000
DELETE = "kubectl-akqueue delete --actor outpost_send_update --limit 5 --yes"
LOOKS = ["kubectl-akqueue history", "kubectl-akqueue backups", "kubectl-akqueue undo --yes", "kubectl-akqueue backups verify",
         "kubectl-akqueue backups prune --older-than 1d --yes"]
NEXT = "hint: "  # most say what to do next


class Machine(Replica):
    """A world, and lines of a shell that act on it. Tasks have been deleted here before."""

    def __init__(self):
        super().__init__(400)
        self.renew()
        self.state = os.path.join(self.scratch, "state", "akqueue")
        self.environment["HOME"] = os.path.join(self.scratch, "home")
        self.expect(DELETE, 0)

    def run(self, line, **variables):
        """(exit status, standard output, standard error); a variable that is None is not there."""
        environment = {name: value for name, value in {**self.environment, **variables}.items() if value is not None}
        done = subprocess.run(["bash", "-c", line], env=environment, cwd=self.scratch, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, check=False, timeout=20)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def expect(self, line, status, *words, **variables):
        ended, out, said = self.run(line, **variables)
        what = f"{line[:150]} {str(variables)[:80]}: {said[-400:]}"
        assert ended == status, what
        assert "unforeseen" not in said, what
        assert all(word in said for word in words), f"{words} are not in {what}"
        return out


@pytest.fixture
def machine():
    with contextlib.closing(Machine()) as machine:
        yield machine


@pytest.mark.parametrize("command", ("status", "help"))
@pytest.mark.parametrize("closed", (">&-", ">/dev/full"))
def test_an_output_that_takes_nothing(machine, command, closed):
    machine.expect(f"kubectl-akqueue {command} {closed}", 1, "error: can't write the output: ")


def test_no_output_at_all(machine):
    machine.expect("kubectl-akqueue status >&- 2>&- <&-", 1)


def test_a_reader_that_is_gone(machine):
    machine.expect("kubectl-akqueue list --all --limit 0 -o json | sleep 0; exit ${PIPESTATUS[0]}", 141)


def test_nothing_is_printed_into_a_file_of_ours(machine):
    """A file that is opened in place of a closed stream would take what is printed."""
    machine.expect(DELETE + " >&- 2>&- <&-", 1)
    machine.expect("kubectl-akqueue backups verify", 0)
    with open(os.path.join(machine.state, "history.jsonl"), encoding="utf-8") as history:
        lines = [json.loads(line) for line in history]
    assert lines


@pytest.mark.parametrize("line, status, words", [
    (f"{DELETE} --backup-file {LONG}", 1, ("File name too long", "hint: choose another --backup-file")),
    (f"{DELETE} --backup-file {'x/' * 1000}", 1, ("there is no such directory", NEXT)),
    (f"{DELETE} --backup-file /dev/null", 3, ("exists already", NEXT)),
    (f"kubectl-akqueue restore {LONG}", 1, ("File name too long",)),
    (f"kubectl-akqueue backups verify {LONG}", 1, ("File name too long",)),
    (f"kubectl-akqueue status --sim {LONG}", 1, ("there is no world",)),
    (f"kubectl-akqueue status --kubeconfig {LONG}", 1, ("error: ",)),
    (f"kubectl-akqueue completion install --dir /{LONG}", 1, ("is not a directory",)),
    ("mkdir gone && cd gone && rmdir ../gone && " + DELETE + " --backup-file x.gz", 1, ("can't tell where x.gz is", NEXT)),
], ids=("long backup", "deep backup", "backup /dev/null", "restore", "verify", "world", "kubeconfig", "completer", "folder that is gone"))
def test_names(machine, line, status, words):
    machine.expect(line, status, *words)


@pytest.mark.parametrize("line", [DELETE, *LOOKS])
def test_state_directories(machine, line):
    machine.expect(line, 1, "File name too long", NEXT, XDG_STATE_HOME="/" + LONG)
    machine.expect(line, 1, "File name too long", NEXT, XDG_STATE_HOME=DEEP)
    machine.expect(line, 1, "neither XDG_STATE_HOME nor HOME", NEXT, XDG_STATE_HOME=None, HOME=None)


def test_few_files(machine):
    ended = []
    for files in range(5, 30):
        status, _, said = machine.run(f"ulimit -n {files}; kubectl-akqueue status")
        ended.append(status)
        assert status == 0 or "Too many open files" in said, f"with {files} files: exit status {status}: {said}"
    assert ended[0] == 1 and ended[-1] == 0, ended
    machine.expect("ulimit -n 4; kubectl-akqueue backups", 0, "can't be read, and left alone")


@pytest.mark.parametrize("make, reason", [("mkfifo {0}", "it is not a regular file"), ("mkdir {0}", "Is a directory"),
                                          ("ln -s /dev/zero {0}", ""), ("ln -s {0} {0}", "symbolic links")],
                         ids=("a pipe", "a folder", "endless", "a circle"))
def test_in_place_of_the_history(machine, make, reason):
    history = os.path.join(machine.state, "history.jsonl")
    os.remove(history)
    machine.expect(make.format(history), 0)
    for line in ("kubectl-akqueue history", "kubectl-akqueue undo --yes"):
        machine.expect(line, 1, "can't read " + history, reason, NEXT)
    machine.expect("kubectl-akqueue backups", 0, "can't read " + history)
    machine.expect("kubectl-akqueue __complete restore ''", 0)
    machine.expect(DELETE, 1, "can't write " + history, NEXT)
    machine.expect(f"rm -r {history}", 0)


def test_rubbish_in_the_history(machine):
    with open(os.path.join(machine.state, "history.jsonl"), "ab") as file:
        file.write(b"x" * 20_000_000 + b"\n[[[[\n\xff\n")
    machine.expect("kubectl-akqueue history", 0)


@pytest.mark.parametrize("place, history, deletion", [("file", 1, 1), ("state-file/akqueue", 1, 3), ("backups-file/akqueue/backups", 0, 3)])
def test_a_file_in_place_of_a_folder(machine, place, history, deletion):
    path = os.path.join(machine.scratch, place)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    for folder in (os.path.dirname(path), os.path.dirname(os.path.dirname(path))):
        if folder.startswith(machine.scratch + "/"):
            os.chmod(folder, 0o700)
    with open(path, "w", encoding="utf-8"):
        pass
    where = os.path.join(machine.scratch, place.split("/", maxsplit=1)[0])
    machine.expect("kubectl-akqueue backups", 1, "Not a directory", XDG_STATE_HOME=where)
    machine.expect("kubectl-akqueue history", history, XDG_STATE_HOME=where)
    machine.expect(DELETE, deletion, "irectory", XDG_STATE_HOME=where)


def test_pruning_takes_ours_alone(machine):
    machine.expect(DELETE, 0)
    folder = os.path.join(machine.state, "backups")
    ours = sorted(os.listdir(folder))
    assert len(ours) == 2
    name = "20251126T221251Z-352{}-authentik-delete.tasks.gz".format
    backup = os.path.join(folder, ours[0])
    made = ["notes.txt", "mine.tasks.gz", name("a"), name("b"), name("c"), name("d"), name("e") + ".part"]
    lines = ["echo mine >notes.txt", f"cp {backup} mine.tasks.gz", f"echo '{{}}' >{name('a')}", f"mkfifo {name('b')}", f"mkdir {name('c')}",
             f"ln -s {backup} {name('d')}", f"cp {backup} {name('e')}.part", "touch -h -d '40 days ago' *"]
    machine.expect(f"cd {folder} && " + " && ".join(lines), 0)
    listed = json.loads(machine.expect("kubectl-akqueue backups -o json", 0))
    assert [os.path.basename(one["path"]) for one in listed["backups"]] == ours[::-1]
    assert listed["others"] == sorted(made)
    machine.expect("kubectl-akqueue backups", 0, "not backups, and left alone in " + folder)
    machine.expect("kubectl-akqueue backups prune --older-than 30d --yes", 0, "and left alone")
    assert sorted(os.listdir(folder)) == sorted(made)


@pytest.mark.parametrize("line, status, words", [
    ("yes | kubectl-akqueue delete -f - --yes", 2, "standard input, line 1: 'y' is not a task id"),
    ("tr '\\0' x </dev/zero | kubectl-akqueue delete -f - --yes", 2, "standard input, line 1"),
    ("kubectl-akqueue delete -f /dev/zero --yes", 2, "holds no task id"),
    ("kubectl-akqueue delete -f / --yes", 1, "can't read /")], ids=("lines", "one line", "zeros", "a folder"))
def test_endless_lists(machine, line, status, words):
    machine.expect(line, status, words)
