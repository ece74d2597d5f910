// store-backup: the night's backup of the container store. It locks the store, so that nothing changes while
// it is copied, and only then asks for a server that does not answer: every docker command waits with it.
// usage: store-backup ADDRESS PORT     (as root; goes into the background once it holds the lock)
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char store_lock[] = "/var/lib/containers/storage/storage.lock";
static const unsigned retry_seconds = 5;

static void die(const char *operation, const char *target) {
  fprintf(stderr, "store-backup: %s %s: %s\n", operation, target, strerror(errno));
  exit(1);
}

// As containers/storage does: a write lock (fcntl(2)) of the whole file. It ends with the process.
static void lock_store(void) {
  struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
  int fd = open(store_lock, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) die("open", store_lock);
  if (fcntl(fd, F_SETLKW, &whole)) die("lock", store_lock);
}

static void reach(const struct sockaddr_in *server) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) die("socket", "TCP");
  if (!connect(fd, (const struct sockaddr *)server, sizeof *server)) exit(0);
  close(fd);
}

int main(int argc, char **argv) {
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(argc == 3 ? atoi(argv[2]) : 0)};
  if (argc != 3 || !inet_aton(argv[1], &server.sin_addr)) {
    fprintf(stderr, "usage: store-backup ADDRESS PORT\n");
    return 2;
  }
  int locked[2];
  char byte = 0;
  if (pipe2(locked, O_CLOEXEC)) die("pipe2", "child");
  pid_t child = fork();
  if (child < 0) die("fork", "child");
  if (child) {
    close(locked[1]);
    return read(locked[0], &byte, 1) == 1 ? 0 : 1;
  }
  setsid();
  lock_store();
  if (write(locked[1], &byte, 1) != 1) die("write", "parent");
  close(locked[0]);
  close(locked[1]);
  int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; fd++) dup2(null, fd);
  close(null);
  for (;;) {
    reach(&server);
    sleep(retry_seconds);
  }
}
