// Moves bytes between the caller and a terminal of the sandbox. The caller's side is a terminal of its own
// (descriptors 0 and 1; SIGWINCH tells a new size), or two streams, where descriptor 3 tells each size as
// two 16-bit numbers in the machine's byte order: columns, rows. Streams end where their bytes end: a
// terminal's reader can lose the last ones (the hang-up overtakes them).
#include "backlog.h"
#include "native.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define SIZES_FD 3
#define RELAY_BYTES 65536
// Typing that no program reads yet. It is always taken from the caller, whose write would block.
#define TYPED_BYTES (1 << 20)
// The kernel keeps about this much for a caller that does not read: all of it comes before what a Ctrl-C
// prints, so it is small; and still two of the caller's reads.
#define UNREAD_BYTES 32768
// What a program prints now and then, while nobody types, waits for the next of these moments: it is the same for all
// terminals, whose reader wakes once. Not what follows typing, nor what moves, nor what is much.
#define TOGETHER_MS 250
#define TYPED_MS 2000
#define MOVES_MS 500
#define SMALL_BYTES 3000

static volatile sig_atomic_t resized;
static void on_resize(int signal) {
  (void)signal;
  resized = 1;
}

// A terminal hands out 4 KiB at a time; the caller gets all there is at once.
static bool fill_all(struct backlog *b, int fd) {
  size_t before;
  do {
    before = b->end;
    if (!fill(b, fd)) return false;
  } while (b->end > before && b->end < b->size);
  return true;
}
// What the terminal does with typing that nobody reads: away with it, and a bell (termios(3), IMAXBEL).
static bool discard(int fd) {
  char bytes[4096];
  ssize_t n = read(fd, bytes, sizeof bytes);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  if (write(STDOUT_FILENO, "\a", 1) < 0 && errno != EAGAIN) return false;
  return n > 0;
}

// Returns false when there is no size to have.
static bool told_size(struct winsize *size) {
  if (isatty(STDIN_FILENO)) return !ioctl(STDIN_FILENO, TIOCGWINSZ, size);
  uint16_t told[2];
  if (read(SIZES_FD, told, sizeof told) != sizeof told) return false;
  *size = (struct winsize){.ws_col = told[0], .ws_row = told[1]};
  return true;
}
static bool follow_size(int master) {
  struct winsize size;
  if (!told_size(&size)) return false;
  ioctl(master, TIOCSWINSZ, &size);
  return true;
}

// Before the shell starts, so that it finds its terminal in the caller's size.
void prepare_relay(int master) {
  if (!isatty(STDIN_FILENO)) {
    if (!follow_size(master)) die("read", "terminal size");
    int unread = UNREAD_BYTES;
    setsockopt(STDOUT_FILENO, SOL_SOCKET, SO_SNDBUF, &unread, sizeof unread);
    return;
  }
  follow_size(master);
  struct termios raw;
  if (tcgetattr(STDIN_FILENO, &raw)) die("tcgetattr", "standard input");
  cfmakeraw(&raw);
  tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

// Times in ms; `until` is 0 unless output waits.
struct hold {
  int64_t typed_at, printed_at, until;
};
static void printed(struct hold *h, size_t waiting) {
  int64_t now = now_ms();
  bool rare = now - h->typed_at > TYPED_MS && now - h->printed_at > MOVES_MS;
  if (!h->until && rare) h->until = (now / TOGETHER_MS + 1) * TOGETHER_MS;
  if (waiting >= SMALL_BYTES) h->until = 0;
  h->printed_at = now;
}
static struct timespec left(const struct hold *h) {
  int64_t ms = h->until - now_ms();
  return (struct timespec){.tv_nsec = (ms > 0 ? ms : 0) * 1000000};
}

// Ends when the terminal's last process is gone, or COMMAND is and all it wrote is passed on: a
// background process may hold the terminal open for ever, and may never stop writing.
void relay(int master, int child) {
  static char typed[TYPED_BYTES], shown[RELAY_BYTES];
  struct backlog in = {typed, sizeof typed, 0, 0}, out = {shown, sizeof shown, 0, 0};
  sigset_t blocked, waiting;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGWINCH);
  sigprocmask(SIG_BLOCK, &blocked, &waiting);
  sigaction(SIGWINCH, &(struct sigaction){.sa_handler = on_resize}, NULL);
  signal(SIGPIPE, SIG_IGN);
  bool streams = !isatty(STDIN_FILENO);
  fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK);
  fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK);
  // A size that changed before the signal was caught.
  resized = !streams;
  bool ended = false, hung_up = false;
  size_t after_end = 0;
  struct hold hold = {.typed_at = now_ms()};
  for (;;) {
    if (resized) {
      resized = 0;
      follow_size(master);
    }
    // It ends, or the moment has come.
    if (ended || now_ms() >= hold.until) hold.until = 0;
    bool out_empty = empty(&out), reads = out_empty || hold.until;
    struct pollfd fds[] = {
        {.fd = STDIN_FILENO, .events = ended ? 0 : POLLIN},
        // A terminal that nobody holds any more says so at once, each time: it is asked no more until it is read.
        {.fd = reads || (!hung_up && !empty(&in)) ? master : -1, .events = (reads ? POLLIN : 0) | (empty(&in) ? 0 : POLLOUT)},
        {.fd = reads ? -1 : STDOUT_FILENO, .events = POLLOUT},
        {.fd = ended ? -1 : child, .events = POLLIN},
        {.fd = streams && !ended ? SIZES_FD : -1, .events = POLLIN},
    };
    struct timespec wait = left(&hold);
    int count = ppoll(fds, 5, hold.until || (ended && out_empty) ? &wait : NULL, &waiting);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;
    if (ended && out_empty && (!(fds[1].revents & POLLIN) || after_end >= RELAY_BYTES)) return;
    if (fds[1].fd >= 0) hung_up = fds[1].revents & POLLHUP;
    if (fds[3].revents) ended = true;
    if (fds[4].revents && !follow_size(master)) return;
    if (fds[0].revents) hold = (struct hold){.typed_at = now_ms(), .printed_at = hold.printed_at};
    bool in_full = in.start == 0 && in.end == in.size;
    if (fds[0].revents && !(in_full ? discard(STDIN_FILENO) : fill(&in, STDIN_FILENO))) return;
    // Nobody reads any more; what was written before is still to be passed on.
    if ((fds[0].revents || fds[1].revents & POLLOUT) && !drain(&in, master)) in.start = in.end = 0;
    if (reads && fds[1].revents & (POLLIN | POLLHUP | POLLERR)) {
      if (!fill_all(&out, master)) ended = true, in.start = in.end = 0;
      if (streams) printed(&hold, out.end - out.start);
      if (ended) after_end += out.end - out.start;
    }
    if (hold.until && !ended) continue;
    if (!drain(&out, STDOUT_FILENO)) return;
  }
}
