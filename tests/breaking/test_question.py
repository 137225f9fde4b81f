"""The queue does not stand still while a question stands: what workers and others do meanwhile has a line in the sum."""

from screen import Screen

TASKS = 200
WAITING = "SELECT count(*) FROM authentik_tasks_task WHERE state = 'queued'"


def answered(peer, change, count):
    """Full tables, of whose queued tasks `count` get `change` while it is asked whether all may go. What was waiting, and what is said."""
    peer.renew()
    waiting = peer.ask(WAITING)
    assert waiting > count
    screen = Screen(["kubectl-akqueue", "delete", "--state", "queued", "-n", "authentik"], peer.environment, size=(50, 120))
    screen.expect(r"\[y/N\]")
    peer.ask(f"UPDATE authentik_tasks_task SET {change} WHERE message_id IN "
             f"(SELECT message_id FROM authentik_tasks_task WHERE state = 'queued' LIMIT {count})")
    screen.type("y\r")
    assert screen.end() == 0, screen.output
    return waiting, screen.output


def test_what_workers_finish_before_the_answer(peer):
    waiting, said = answered(peer, "state = 'done', mtime = now()", 3)
    assert f"before {waiting}, deleted {waiting - 3}, after 0" in said, said
    assert "meanwhile 3 tasks were taken or finished by workers, or deleted by others" in said, said
    assert peer.ask(WAITING) == 0 and peer.count() == TASKS - waiting + 3


def test_what_comes_before_the_answer_stays(peer):
    waiting, said = answered(peer, "mtime = now()", 2)
    assert f"before {waiting}, deleted {waiting - 2}, after 2" in said, said
    assert "left alone: 2 came or changed after the preview" in said, said
