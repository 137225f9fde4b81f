/* A kubectl.exe for the test of the Windows build: carries arguments and standard streams to relay.py on this machine, which
   runs the simulator's kubectl there, and ends as that ended.

   Over one TCP connection: first the arguments, then frames of a kind (one byte), a length (four, big end first) and as many
   bytes. To relay.py: 'a' an argument, 'g' go, 'i' standard input, nothing left of it when empty. Back: 'o', 'e' standard
   output and error, 'x' the exit status. */
#include <winsock2.h>
#include <windows.h>
#include <shellapi.h>
#include <stdlib.h>

static SOCKET peer;

static void give_up(const char* why) {
  DWORD ignored;
  WriteFile(GetStdHandle(STD_ERROR_HANDLE), why, lstrlenA(why), &ignored, NULL);
  ExitProcess(125);
}

static void send_all(const char* bytes, int size) {
  while (size > 0) {
    const int sent = send(peer, bytes, size, 0);
    if (sent <= 0) ExitProcess(125);
    bytes += sent;
    size -= sent;
  }
}

static void send_frame(char kind, const char* bytes, unsigned size) {
  char head[5] = {kind, (char)(size >> 24), (char)(size >> 16), (char)(size >> 8), (char)size};
  send_all(head, sizeof head);
  send_all(bytes, (int)size);
}

static int receive_all(char* bytes, unsigned size) {
  while (size > 0) {
    const int got = recv(peer, bytes, (int)size, 0);
    if (got <= 0) return 0;
    bytes += got;
    size -= (unsigned)got;
  }
  return 1;
}

static DWORD WINAPI pass_input(void* unused) {
  static char piece[65536];
  DWORD got = 0;
  (void)unused;
  while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), piece, sizeof piece, &got, NULL) && got > 0) send_frame('i', piece, got);
  send_frame('i', "", 0);
  return 0;
}

static void pass_output(DWORD stream, const char* bytes, DWORD size) {
  while (size > 0) {
    DWORD written = 0;
    if (!WriteFile(GetStdHandle(stream), bytes, size, &written, NULL)) ExitProcess(141);
    bytes += written;
    size -= written;
  }
}

static void connect_to(const char* port) {
  WSADATA data;
  struct sockaddr_in address = {0};
  const int at_once = 1; /* a frame must not wait for the answer to the one before it */
  if (WSAStartup(MAKEWORD(2, 2), &data) != 0) give_up("relay: no sockets\n");
  peer = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  address.sin_family = AF_INET;
  address.sin_port = htons((unsigned short)atoi(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, (const char*)&at_once, sizeof at_once);
  if (connect(peer, (struct sockaddr*)&address, sizeof address) != 0) give_up("relay: relay.py does not listen\n");
}

int main(void) {
  static char bytes[1 << 20];
  const char* port = getenv("AKQUEUE_RELAY_PORT");
  int count = 0;
  wchar_t** words = CommandLineToArgvW(GetCommandLineW(), &count);
  if (port == NULL) give_up("relay: AKQUEUE_RELAY_PORT is not set\n");
  connect_to(port);
  for (int i = 1; i < count; ++i) {
    const int size = WideCharToMultiByte(CP_UTF8, 0, words[i], lstrlenW(words[i]), bytes, sizeof bytes, NULL, NULL);
    send_frame('a', bytes, (unsigned)size);
  }
  send_frame('g', "", 0);
  CreateThread(NULL, 0, pass_input, NULL, 0, NULL);
  for (;;) {
    unsigned char head[5];
    if (!receive_all((char*)head, sizeof head)) give_up("relay: relay.py went away\n");
    const unsigned size = (unsigned)head[1] << 24 | (unsigned)head[2] << 16 | (unsigned)head[3] << 8 | head[4];
    if (size > sizeof bytes || !receive_all(bytes, size)) give_up("relay: a frame is too long or cut\n");
    if (head[0] == 'o') pass_output(STD_OUTPUT_HANDLE, bytes, size);
    if (head[0] == 'e') pass_output(STD_ERROR_HANDLE, bytes, size);
    if (head[0] == 'x') ExitProcess((unsigned char)bytes[0]);
  }
}
