import { createRequire } from 'node:module';
import type { Terminal as TerminalType } from '@xterm/headless';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type OddCommand, replacing, watchLine } from './watch-line.ts';

const { Terminal } = createRequire(import.meta.url)('@xterm/headless') as {
  Terminal: typeof TerminalType;
};

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (look: () => void) => look());
});
afterEach(() => vi.unstubAllGlobals());

/** A shell that says back what is typed, and what was told of its line. */
async function setUp() {
  const terminal = new Terminal({ cols: 60, rows: 6, allowProposedApi: true });
  const told: (OddCommand | null)[] = [];
  const watch = watchLine(
    terminal as unknown as Parameters<typeof watchLine>[0],
    () => 'ja',
    (command) => told.push(command),
  );
  const shows = (text: string) => new Promise<void>((done) => terminal.write(text, done));
  await shows('learner@lab-host:~$ ');
  return {
    told,
    watch,
    shows,
    type: (text: string) => {
      watch.typed(text);
      return shows(text.replace('\r', '\r\nlearner@lab-host:~$ '));
    },
  };
}

test('an odd character is told while the line is typed, and no more once it is gone', async () => {
  const { told, type, watch, shows } = await setUp();
  await type('ls');
  expect(told).toEqual([]);
  await type('　');
  await type('-l');
  expect(told.at(-1)).toMatchObject({ meant: 'ls -l', found: [{ kind: 'space' }] });
  watch.typed('\x7f');
  await shows('\x1b[4D\x1b[K');
  expect(told.at(-1)).toBeNull();
});

test('Enter and Ctrl+C end it', async () => {
  for (const end of ['\r', '\x03']) {
    const { told, type } = await setUp();
    await type('ｌｓ');
    await type(end);
    expect(told.at(-1)).toBeNull();
    const before = told.length;
    await type('ls');
    expect(told).toHaveLength(before);
  }
});

test('a line that is to be left alone is, the next one is not', async () => {
  const { told, type, watch } = await setUp();
  await type('echo “a');
  watch.leave();
  await type('”');
  expect(told.at(-1)).toBeNull();
  await type('\r');
  await type('“b');
  expect(told.at(-1)).toMatchObject({ meant: '"b' });
});

test('what the lesson ran, or a program printed, is not what somebody typed', async () => {
  const { told, shows } = await setUp();
  await shows('ls　-l');
  expect(told).toEqual([]);
});

test('where no prompt of ours is, nothing is told', async () => {
  const { told, type, shows } = await setUp();
  await shows('\r\n> ');
  await type('ｌｓ　');
  expect(told).toEqual([]);
});

test('a line is replaced as a whole, wherever the cursor stands', () => {
  expect(replacing('ls -l')).toBe('\x05\x15ls -l');
});
