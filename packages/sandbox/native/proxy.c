// tatami-proxy: passes bytes both ways between two connected stream sockets, descriptors 3 and 4, and reads nothing
// of them. The server gives it a browser it has let in, and the runner: a key then wakes no Node.js of the
// server's, which would take longer than all else on its way (docs/decisions/0014-the-runner-answers-terminals.md).
#include "backlog.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST_FD 3
#define PASSED_BYTES 65536
// One side has ended: the other is told, and has this long to end as well.
#define LINGER_MS 2000

struct way {
  int from, to;
  struct backlog held;
  bool ended, told;
};

static bool done(const struct way *w) { return w->ended && empty(&w->held); }

// Returns false when nobody reads at its end any more.
static bool pass(struct way *w, short readable) {
  if (readable & (POLLIN | POLLHUP | POLLERR) && empty(&w->held) && !w->ended) w->ended = !fill(&w->held, w->from);
  if (!drain(&w->held, w->to)) return false;
  if (done(w) && !w->told) {
    w->told = true;
    shutdown(w->to, SHUT_WR);
  }
  return true;
}

int main(void) {
  // Whoever let the browser in must be there to put it out.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  signal(SIGPIPE, SIG_IGN);
  static char bytes[2][PASSED_BYTES];
  struct way ways[2];
  for (int i = 0; i < 2; i++) {
    int from = FIRST_FD + i, to = FIRST_FD + !i;
    if (fcntl(from, F_SETFL, O_NONBLOCK)) return 64;
    ways[i] = (struct way){.from = from, .to = to, .held = {bytes[i], PASSED_BYTES, 0, 0}};
  }
  while (!done(&ways[0]) || !done(&ways[1])) {
    struct pollfd fds[2];
    for (int i = 0; i < 2; i++) {
      short events = (empty(&ways[i].held) && !ways[i].ended ? POLLIN : 0) | (empty(&ways[!i].held) ? 0 : POLLOUT);
      // One that hung up is told of for ever, whether anybody asks or not.
      fds[i] = (struct pollfd){.fd = events ? FIRST_FD + i : -1, .events = events};
    }
    int count = poll(fds, 2, ways[0].ended || ways[1].ended ? LINGER_MS : -1);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return 0;
    for (int i = 0; i < 2; i++)
      if (!pass(&ways[i], fds[i].revents)) return 0;
  }
  return 0;
}
