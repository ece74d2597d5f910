import type { NamespaceKind } from '@tatami/protocol';

const plain = /^[\w@%+=:,./-]+$/;
const shownLength = 200;

/** What a command ends with when there is nothing to execute (POSIX, exit status for commands). */
export const notExecuted = [126, 127];

/** By command line: each look may ask for that of every command. */
const texts = new WeakMap<string[], string>();

/** A command line as it would be typed; long ones are cut. */
export function commandText(argv: string[]): string {
  const text = texts.get(argv) ?? cut(argv.map(quoted).join(' '));
  texts.set(argv, text);
  return text;
}

const quoted = (word: string): string =>
  plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** As much as is shown of a command line. */
export const cut = (text: string): string =>
  text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;

/** What the options of an nsenter(1) command line ask for. */
interface NsenterOptions {
  target: string | null;
  kinds: NamespaceKind[];
  /** A namespace is named by its file, which needs no target: `--net=/proc/1/ns/net`. */
  byFile: boolean;
}

const kindOf: Record<string, NamespaceKind> = {
  m: 'mnt',
  mount: 'mnt',
  u: 'uts',
  uts: 'uts',
  i: 'ipc',
  ipc: 'ipc',
  n: 'net',
  net: 'net',
  p: 'pid',
  pid: 'pid',
  C: 'cgroup',
  cgroup: 'cgroup',
  U: 'user',
  user: 'user',
  T: 'time',
  time: 'time',
};
const allKinds = [...new Set(Object.values(kindOf))];
/** Short options that take the rest of the word, or the next one, as their value. */
const withValue = 'tSG';

/** Reads the options up to the command; what cannot be understood is passed over. */
export function nsenterOptions(argv: string[]): NsenterOptions {
  const found: NsenterOptions = { target: null, kinds: [], byFile: false };
  const add = (...kinds: NamespaceKind[]) => found.kinds.push(...kinds);
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word === '--' || !word.startsWith('-')) break;
    if (word.startsWith('--')) {
      const [name = '', value] = word.slice(2).split('=');
      if (name === 'target') found.target = value ?? argv[++i] ?? null;
      else if (name === 'all') add(...allKinds);
      else if (kindOf[name]) {
        add(kindOf[name]);
        if (value) found.byFile = true;
      }
      continue;
    }
    for (let at = 1; at < word.length; at++) {
      const letter = word[at] ?? '';
      if (withValue.includes(letter)) {
        const value = word.slice(at + 1) || argv[++i] || null;
        if (letter === 't') found.target = value;
        break;
      }
      if (letter === 'a') add(...allKinds);
      else if (kindOf[letter]) add(kindOf[letter]);
      // A value may follow in the same word: -n/proc/1/ns/net.
      if (word[at + 1] !== '/' && word[at + 1] !== '=') continue;
      found.byFile = true;
      break;
    }
  }
  return found;
}

/** Whether an unshare(1) command line has this option, abbreviations as getopt_long(3) takes them aside. */
export const hasOption = (argv: string[], long: string, short?: string): boolean => {
  const end = argv.findIndex((word, index) => index > 0 && !word.startsWith('-'));
  return argv
    .slice(1, end === -1 ? undefined : end)
    .some(
      (word) =>
        word === `--${long}` ||
        word.startsWith(`--${long}=`) ||
        (short !== undefined && /^-[a-zA-Z]+$/.test(word) && word.includes(short)),
    );
};
