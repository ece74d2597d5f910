import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JoinList, joinListFile } from '@tatami/protocol';
import { renderUnicodeCompact } from 'uqr';

const everyMs = 2_000;

/** White on black whatever the terminal's colours are: cameras do not read the reverse. */
const colours = (line: string): string => `\x1b[97;40m${line}\x1b[0m`;

/** An address with its QR code. */
export function withQr(url: string, isTerminal = process.stdout.isTTY): string {
  const lines = renderUnicodeCompact(url, { ecc: 'L', border: 2 }).split('\n');
  return [url, ...(isTerminal ? lines.map(colours) : lines), ''].join('\n');
}

/** How to join a workshop, to be read from the back of the room. */
export function joinText({ title, joinCode }: JoinList[number], address: string): string {
  return `\n${title}\nJoin code: ${joinCode}\n${withQr(new URL(`/join/${joinCode}`, address).href)}`;
}

/**
 * Prints how to join each workshop that can be joined, now and when another is made.
 * @returns how to stop.
 */
export function printJoins(
  dataDir: string,
  address: string,
  print: (text: string) => void,
): () => void {
  const printed = new Set<string>();
  let over = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const now = new Date().toISOString();
    for (const workshop of await readJoins(dataDir)) {
      if (over || workshop.closesAt <= now || printed.has(workshop.joinCode)) continue;
      printed.add(workshop.joinCode);
      print(joinText(workshop, address));
    }
    if (!over) timer = setTimeout(() => void look(), everyMs);
  };
  void look();
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

/** None while the server has written none, or a version of it that we do not know. */
async function readJoins(dataDir: string): Promise<JoinList> {
  const text = await readFile(join(dataDir, 'server', joinListFile), 'utf8').catch(() => '[]');
  try {
    return JoinList.parse(JSON.parse(text));
  } catch {
    return [];
  }
}
