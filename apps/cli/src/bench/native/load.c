// tatami-load COUNT INTERVAL_US OFFSET_US
//
// Runs inside a sandbox. Says "ready", waits for a byte, and after OFFSET_US executes itself COUNT times,
// one each INTERVAL_US, as `tatami-load run SEQUENCE`, which does nothing. Late ones are made up for. Says
// "executed N" at the end: what was executed is known, whoever observed it.
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int execute(char *self, long sequence) {
  char number[24];
  snprintf(number, sizeof number, "%ld", sequence);
  char *arguments[] = {"tatami-load", "run", number, NULL}, *environment[] = {NULL};
  pid_t child;
  int status;
  if (posix_spawn(&child, self, NULL, NULL, arguments, environment)) return 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return 0;
  return status == 0;
}

static void add_us(struct timespec *time, long us) {
  time->tv_nsec += us % 1000000 * 1000;
  time->tv_sec += us / 1000000 + time->tv_nsec / 1000000000;
  time->tv_nsec %= 1000000000;
}

int main(int argc, char **argv) {
  if (argc == 3 && !strcmp(argv[1], "run")) return 0;
  if (argc != 4) return 2;
  long count = atol(argv[1]), interval = atol(argv[2]), executed = 0;
  char byte;
  if (puts("ready") < 0 || fflush(stdout) || read(STDIN_FILENO, &byte, 1) != 1) return 1;
  struct timespec next;
  clock_gettime(CLOCK_MONOTONIC, &next);
  add_us(&next, atol(argv[3]));
  for (long sequence = 0; sequence < count; sequence++) {
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL) == EINTR) continue;
    executed += execute(argv[0], sequence);
    add_us(&next, interval);
  }
  return printf("executed %ld\n", executed) < 0;
}
