/*
 * writer LINES WRITE_BYTES [INTERVAL_MS]
 *
 * Writes LINES lines of 100 bytes to standard output, WRITE_BYTES bytes per write(2), with a pause after each
 * if one is given. Each line starts
 * with its number, so that a reader can tell whether the last one arrived.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES = 100, DIGITS = 12 };

static void write_all(const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, length);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      perror("writer: write");
      exit(1);
    }
    bytes += written;
    length -= (size_t)written;
  }
}

/* Adds one to the decimal number in place: cheaper than formatting it anew for millions of lines. */
static void increment(char *digits) {
  int place = DIGITS - 1;
  while (place >= 0 && digits[place] == '9') digits[place--] = '0';
  if (place >= 0) digits[place]++;
}

int main(int argc, char **argv) {
  if (argc != 3 && argc != 4) {
    fprintf(stderr, "usage: writer LINES WRITE_BYTES [INTERVAL_MS]\n");
    return 2;
  }
  long long lines = atoll(argv[1]);
  size_t write_bytes = (size_t)atoll(argv[2]);
  long interval_ms = argc == 4 ? atol(argv[3]) : 0;
  struct timespec interval = {interval_ms / 1000, (interval_ms % 1000) * 1000000};
  char *buffer = malloc(write_bytes + LINE_BYTES);
  if (buffer == NULL) return 1;

  char line[LINE_BYTES];
  memset(line, 'x', LINE_BYTES);
  memset(line, '0', DIGITS);
  line[DIGITS] = ' ';
  line[LINE_BYTES - 1] = '\n';

  size_t filled = 0;
  for (long long number = 0; number < lines; number++) {
    memcpy(buffer + filled, line, LINE_BYTES);
    increment(line);
    filled += LINE_BYTES;
    if (filled >= write_bytes) {
      write_all(buffer, write_bytes);
      filled -= write_bytes;
      if (interval_ms > 0) nanosleep(&interval, NULL);
      memmove(buffer, buffer + write_bytes, filled);
    }
  }
  write_all(buffer, filled);
  free(buffer);
  return 0;
}
