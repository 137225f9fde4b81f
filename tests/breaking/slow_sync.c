/* Preloaded into the plugin: what becomes of the syncs of its files, counted from 1. Those of folders are left alone, and so are
 * the programs that the plugin starts.
 *
 *   AKQUEUE_SYNC_LOG  a file that takes the name of each file that is synchronised, a line each, before anything else happens
 *   AKQUEUE_SYNC      slow MS        each takes MS milliseconds longer
 *                     hold N FILE    the N-th and those after it wait as long as FILE is there
 *                     fail N         the N-th fails with EIO
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef int Sync(int file);

__attribute__((constructor)) static void keep_to_this_process(void) { unsetenv("LD_PRELOAD"); }

static void note(int file, const char *log) {
  char link[64], name[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(link, name, sizeof name - 1);
  const int to = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (length < 0 || to < 0) abort();
  name[length] = '\n';
  if (write(to, name, length + 1) != length + 1) abort();
  close(to);
}

static int hindered(int file, Sync *real) {
  static int syncs;
  const char *log = getenv("AKQUEUE_SYNC_LOG"), *order = getenv("AKQUEUE_SYNC");
  struct stat found;
  char gate[4096];
  int number;
  if (log == NULL || order == NULL || fstat(file, &found) != 0 || !S_ISREG(found.st_mode)) return real(file);
  note(file, log);
  ++syncs;
  if (sscanf(order, "slow %d", &number) == 1) usleep(number * 1000);
  if (sscanf(order, "hold %d %4095s", &number, gate) == 2 && syncs >= number) {
    while (access(gate, F_OK) == 0) usleep(5000);
  }
  if (sscanf(order, "fail %d", &number) == 1 && syncs == number) {
    errno = EIO;
    return -1;
  }
  return real(file);
}

int fdatasync(int file) { return hindered(file, (Sync *)dlsym(RTLD_NEXT, "fdatasync")); }

int fsync(int file) { return hindered(file, (Sync *)dlsym(RTLD_NEXT, "fsync")); }
