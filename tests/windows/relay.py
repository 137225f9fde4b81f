"""The other side of relay.c: runs `akqueue-sim kubectl` for each connection, and keeps the arguments of all calls.

It can be signed out, as a kubectl with a credential plugin is: then each call first says on standard error where to sign
in, and goes on when somebody has.
"""

import contextlib
import os
import socket
import struct
import subprocess
import threading

SIGN_IN = "To sign in, open https://login.example/device and enter the code ABCD-1234\n"
SIGN_IN_LIMIT_S = 60  # then each call goes on all the same


def receive(connection, size):
    parts = []
    while size:
        part = connection.recv(min(size, 1 << 16))
        if not part:
            raise ConnectionError("the relay went away")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def frame(connection):
    kind, size = struct.unpack(">cI", receive(connection, 5))
    return kind, receive(connection, size)


class Relay:
    def __init__(self, environment):
        self.environment, self.calls = environment, []
        self.signed_in = threading.Event()
        self.signed_in.set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        arguments, turn = [], threading.Lock()

        def say(kind, payload):
            with turn:
                connection.sendall(struct.pack(">cI", kind, len(payload)) + payload)

        while (got := frame(connection))[0] == b"a":
            arguments.append(got[1].decode())
        self.calls.append(arguments)
        if not self.signed_in.is_set():
            say(b"e", SIGN_IN.encode())
            self.signed_in.wait(SIGN_IN_LIMIT_S)
            self.signed_in.set()
        child = subprocess.Popen(["akqueue-sim", "kubectl", *arguments], env=self.environment, stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        def carry(kind, stream):
            with stream, contextlib.suppress(OSError):  # nobody is listening any more
                while piece := os.read(stream.fileno(), 1 << 16):
                    say(kind, piece)

        def feed():
            with contextlib.suppress(OSError):  # one of the two has ended: the other's input ends with it, as a pipe's does
                while payload := frame(connection)[1]:
                    child.stdin.write(payload)
                    child.stdin.flush()
            with contextlib.suppress(OSError):
                child.stdin.close()

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        outputs = [threading.Thread(target=carry, args=(kind, stream)) for kind, stream in ((b"o", child.stdout), (b"e", child.stderr))]
        for thread in outputs:
            thread.start()
        for thread in outputs:
            thread.join()
        status = child.wait()
        with connection, contextlib.suppress(OSError):
            say(b"x", bytes([status if status >= 0 else 128 - status]))
            # Closed while anything is unread, a connection is reset, and what was said last is lost.
            feeder.join()
            while connection.recv(1 << 16):
                pass
