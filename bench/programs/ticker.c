/*
 * ticker LINES INTERVAL_MS
 *
 * Writes LINES lines `tick NUMBER NANOSECONDS`, one every INTERVAL_MS milliseconds. NANOSECONDS is
 * CLOCK_MONOTONIC right before the write, which is the clock of Node's process.hrtime.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: ticker LINES INTERVAL_MS\n");
    return 2;
  }
  int lines = atoi(argv[1]);
  long interval_ms = atol(argv[2]);
  struct timespec interval = {interval_ms / 1000, (interval_ms % 1000) * 1000000};
  for (int number = 0; number < lines; number++) {
    char line[64];
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int length = snprintf(line, sizeof line, "tick %d %lld\n", number,
                          (long long)now.tv_sec * 1000000000 + now.tv_nsec);
    if (write(STDOUT_FILENO, line, (size_t)length) != length) return 1;
    nanosleep(&interval, NULL);
  }
  return 0;
}
