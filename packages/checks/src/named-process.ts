import type { ProcessView } from '@tatami/protocol';

const inProc = /\/proc\/(\d+)(?:\/([a-z_]+))?/g;
/** Options of nsenter(1), ps(1), strace(1) and lsof(8) that take the numbers of processes. */
const pidOption = /^(?:-[pt]|--pid|--target)$/;
const pidValue = /^(?:-[pt]|--(?:pid|target)=)(\d[\d,]*)$/;
/** What a command line says of a process. */
interface Named {
  pid: string;
  /** File in its folder of /proc; null: the process itself. */
  file: string | null;
}

/** Kept of one command line: whoever names more has found nobody. */
const keptNamed = 32;
/** By command line: each look asks after every one, for each target and each way to name it. */
const known = new WeakMap<string[], Named[]>();

/** Processes that a command line names: below /proc, and by options that want a PID. */
function named(argv: string[]): Named[] {
  const found = known.get(argv) ?? argv.slice(1).flatMap(namedIn).slice(0, keptNamed);
  known.set(argv, found);
  return found;
}

/** By this word, the one at `at` after the program's name. */
function namedIn(word: string, at: number, words: string[]): Named[] {
  const paths = [...word.matchAll(inProc)];
  if (paths.length > 0) return paths.map(([, pid = '', file]) => ({ pid, file: file ?? null }));
  const isValue = pidOption.test(words[at - 1] ?? '');
  const value = isValue ? word : (word.match(pidValue)?.[1] ?? '');
  return value.split(',').flatMap((pid) => (/^\d+$/.test(pid) ? [{ pid, file: null }] : []));
}

/** How a command line stands to what should be named of the target. */
export type Naming =
  | 'wanted'
  /** Of the target, but something else of it. */
  | 'other-file'
  /** Another process, of this number. */
  | { other: string }
  | null;

/** @param wanted `pid`, or names of files in the target's folder of /proc. */
export function namingOf(wanted: string[], argv: string[], target: ProcessView): Naming {
  const own = String(target.pids[0]);
  const all = named(argv);
  const others = all.filter(({ pid }) => pid !== own);
  // A bare number says nothing of another process, but that of the target somebody has found.
  const itself = all.some(({ pid }) => pid === own) || argv.slice(1).includes(own);
  if (wanted.includes('pid') && itself && others.length === 0) return 'wanted';
  const files = all.flatMap(({ pid, file }) => (pid === own && file !== null ? [file] : []));
  if (files.some((file) => file !== 'pid' && wanted.includes(file))) return 'wanted';
  const [other] = others;
  if (other) return { other: other.pid };
  return itself ? 'other-file' : null;
}
