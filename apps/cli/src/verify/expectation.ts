/** What one of the programs the lessons teach must do, on a host as in a sandbox. */
export interface Expectation {
  /** Its name in the table, and in docs/faithful-machine.md when it is explained there. */
  id: string;
  /** The claim, as a sentence. */
  says: string;
  /** A bash script, run as root after {@link prelude} in an empty folder. */
  script: string;
  /** All that it prints, both streams, without the last newline. */
  prints: string;
  /** Set where a sandbox differs for a reason that the docs give: what it prints there. */
  explained?: { inside: string };
}

/** Functions the scripts share. */
export const prelude = `
cd "$(mktemp -d)"
# Runs a command and says how it ended.
try() { "$@" 2>&1; echo "exit $?"; }
# Runs a command as the learner.
as_learner() { setpriv --reuid=1000 --regid=1000 --clear-groups "$@"; }
# The kinds of namespace in which a command stands that differ from this shell's.
links() { for kind in cgroup ipc mnt net pid time user uts; do readlink /proc/self/ns/$kind; done; }
export -f links
differs() { comm -13 <(links | sort) <("$@" bash -c links | sort) | cut -d: -f1 | paste -sd ' '; }
# Leaves a sleep in namespaces of its own; $pid is its number out here.
target() {
  unshare "$@" sleep 1000 </dev/null >/dev/null 2>&1 &
  awaited
}
# Waits up to five seconds for a sleep; $pid is its number out here.
awaited() { for n in $(seq 500); do pid=$(pgrep --newest --exact sleep) && return; sleep 0.01; done; echo no target; }
# Says that a process has ended, zombies included, or that it lives after a second.
ended() {
  for n in $(seq 100); do
    grep --quiet '^State:.[^Z]' /proc/$1/status 2>/dev/null || { echo ended; return; }
    sleep 0.01
  done
  echo alive
}
`;
