/*
 * terminal-reader COMMAND
 *
 * Runs a shell command on a pseudo-terminal, reads its output to the end, up to 64 KiB at a read(2), and prints the
 * number of bytes. It is the least that moving the bytes through a terminal can cost.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static int fail(const char *what) {
  perror(what);
  return 1;
}

int main(int argc, char **argv) {
  static char buffer[65536];
  if (argc != 2) {
    fprintf(stderr, "usage: terminal-reader COMMAND\n");
    return 2;
  }
  int controller = posix_openpt(O_RDWR | O_NOCTTY);
  if (controller < 0 || grantpt(controller) != 0 || unlockpt(controller) != 0) return fail("posix_openpt");
  const char *path = ptsname(controller);
  int terminal = open(path, O_RDWR | O_NOCTTY);
  if (terminal < 0) return fail(path);
  pid_t shell = fork();
  if (shell < 0) return fail("fork");
  if (shell == 0) {
    setsid();
    ioctl(terminal, TIOCSCTTY, 0);
    for (int fd = 0; fd < 3; fd++) dup2(terminal, fd);
    close(terminal);
    close(controller);
    execl("/bin/sh", "sh", "-c", argv[1], (char *)NULL);
    _exit(127);
  }
  close(terminal);
  long long total = 0;
  for (;;) {
    ssize_t length = read(controller, buffer, sizeof buffer);
    if (length < 0 && errno == EINTR) continue;
    /* EIO: no process has the terminal open any more. */
    if (length <= 0) break;
    total += length;
  }
  int status = 0;
  waitpid(shell, &status, 0);
  printf("%lld\n", total);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
