"""A line between kubectl and the API server that a case makes slow, holds still or cuts while it is in use.

TLS passes through: the API server's certificate is for 127.0.0.1, and only the port is another.
"""

import socket
import struct
import threading
import time

PIECE = 16384
LOOK_EVERY_S = 0.02


class Line:
    """Listens on `port`. What a case sets holds at once, for connections that are open as well."""

    def __init__(self, towards, delay_s=0.0, bytes_per_s=None):
        self.towards, self.delay_s, self.bytes_per_s = towards, delay_s, bytes_per_s
        self.moves, self.open, self.carried = True, set(), 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.moves = True
        self.listener.close()
        self.cut()

    def hold(self):
        """Silently stops passing anything on; new connections are accepted and stay silent too."""
        self.moves = False

    def let_go(self):
        self.moves = True

    def cut(self):
        """Every connection is reset, as by a router that forgot it. Returns how many."""
        with self.lock:
            ended, self.open = self.open, set()
        for one in ended:
            try:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.shutdown(socket.SHUT_RD)  # wakes the thread that reads; close() alone does not
            except OSError:
                pass
            one.close()
        return len(ended) // 2

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self.towards))
            except OSError:  # the API server is down
                near.close()
                continue
            with self.lock:
                self.open |= {near, far}
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self.carry, args=(source, target), daemon=True).start()

    def carry(self, source, target):
        try:
            while piece := source.recv(PIECE):
                self.linger(len(piece))
                target.sendall(piece)
                self.carried += len(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:  # one of the two ends is gone: so is the other
            with self.lock:
                self.open -= {source, target}
            source.close()
            target.close()

    def linger(self, size):
        if self.delay_s:
            time.sleep(self.delay_s)
        if self.bytes_per_s:
            time.sleep(size / self.bytes_per_s)
        while not self.moves:
            time.sleep(LOOK_EVERY_S)
