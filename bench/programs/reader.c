/*
 * reader
 *
 * Reads standard input to its end, 64 KiB per read(2), and prints the number of bytes. Together with the
 * writer, it is the lowest possible cost of moving the bytes through a pipe.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
  static char buffer[65536];
  long long total = 0;
  for (;;) {
    ssize_t length = read(STDIN_FILENO, buffer, sizeof buffer);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) {
      perror("reader: read");
      return 1;
    }
    if (length == 0) break;
    total += length;
  }
  printf("%lld\n", total);
  return 0;
}
