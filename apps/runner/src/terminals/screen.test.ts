import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { drawnAs } from '../../test/drawn.ts';
import { Ring } from './ring.ts';
import { Screen } from './screen.ts';
import { SizeHistory } from './size-history.ts';

const size = { cols: 80, rows: 24 };

/** What a program wrote into a terminal of 80 by 24. */
async function recorded(name: string): Promise<Buffer> {
  const path = join(import.meta.dirname, `../../test/recordings/${name}.bin.gz`);
  return promisify(gunzip)(await readFile(path));
}

/** A terminal's ring of these bytes and its screen. */
function setUp(ringBytes: number) {
  const sizes = new SizeHistory(0, size);
  const ring: Ring = new Ring(ringBytes, 0, (bytes, offset) => screen.passed(bytes, offset));
  const screen = new Screen(ring, sizes);
  return { ring, sizes, screen };
}

/** Expects who begins with a snapshot at `bytes.length` and then gets `rest` to see what whoever saw all does. */
async function expectSame(bytes: Buffer, rest: Buffer, ringBytes: number): Promise<void> {
  const { ring, screen } = setUp(ringBytes);
  for (let at = 0; at < bytes.length; at += 1000) ring.append(bytes.subarray(at, at + 1000));
  const { offset, snapshot, ...drawn } = await screen.draw();
  expect(ring.start).toBeGreaterThan(0);
  expect(offset).toBeGreaterThanOrEqual(ring.start);
  expect(drawn).toEqual(size);
  const from = [snapshot ?? '', bytes.subarray(offset), rest];
  expect(await drawnAs(size, from)).toEqual(await drawnAs(size, [bytes, rest]));
  screen.dispose();
}

describe('a snapshot', () => {
  /** So much each draws again often enough, on the normal screen. */
  const enough = { vim: 4096, less: 4096, top: 16 * 1024, tmux: 4096 };
  test.for(Object.entries(enough))('of %s is what every byte draws', async ([name, held]) => {
    const all = await recorded(name);
    for (let at = Math.round(all.length / 2); at < all.length; at += 1777)
      await expectSame(all.subarray(0, at), all.subarray(at, at + 3000), held);
  });

  const text = Array.from(
    { length: 400 },
    (_, n) => `\x1b[3${n % 8}m${n} 名前空間 隔離 😀 é \x1b[1;4mbold\x1b[22m under\x1b[0m\r\n`,
  ).join('');

  test.for([
    ['colours left on', '\x1b[1;38;5;202m\x1b[48;2;1;2;3m', 'tail\r\n'],
    ['line drawing', '\x1b(0lqqk\r\n', 'x  x\r\nmqqj\x1b(B and text'],
    ['line drawing by shift', '\x1b)0\x0e', 'lqqk\x0f text'],
    ['a scroll region', '\x1b[5;10r', '\x1b[10;1Hone\ntwo\nthree\nfour\nfive\nsix\nseven\n'],
    ['an origin in a region', '\x1b[5;10r\x1b[?6h\x1b[2;3H', 'here\x1b[1;1Hthere'],
    ['no wrapping', '\x1b[?7l', 'x'.repeat(200)],
    ['a cursor at the edge', '\r\x1b[K'.concat('x'.repeat(80)), 'y'],
    ['insertion', '\x1b[4h', 'abc\x1b[3Dxyz'],
    [
      'hidden cursor, keys, paste, mouse',
      '\x1b[?25l\x1b[?1h\x1b=\x1b[?2004h\x1b[?1002h\x1b[?1006h',
      '',
    ],
    ['a part of a sequence', '\x1b[38;5;1', '2mcolour'],
    ['a part of a title', '\x1b]0;a lo', 'ng title\x07text'],
  ])('carries on with %s', async ([, begun = '', rest = '']) => {
    await expectSame(Buffer.from(`${text}${begun}`), Buffer.from(rest), 8192);
  });

  test.for(['\x1b[?25l\x1b[?1h\x1b[?2004h', '\x1b[?1002h\x1b[?1006h', '\x1b[4 q\x1b=\x1b[?1004h'])(
    'knows what was in force before the ring begins: %j',
    async (begun) => {
      await expectSame(Buffer.from(`${begun}${text}`), Buffer.from('rest'), 8192);
    },
  );

  test('R1: carries on in the middle of a character', async () => {
    const all = Buffer.from(`${text}名前`);
    for (const cut of [1, 2, 4, 5])
      await expectSame(all.subarray(0, all.length - cut), all.subarray(all.length - cut), 8192);
  });

  test('of the largest screen, every cell in colours of its own, is bounded: it loses them', async () => {
    const largest = { cols: 500, rows: 300 };
    const sizes = new SizeHistory(0, largest);
    const ring: Ring = new Ring(8 * 1024 * 1024, 0, (bytes, offset) =>
      screen.passed(bytes, offset),
    );
    const screen = new Screen(ring, sizes);
    const cells = Array.from(
      { length: 500 * 300 },
      (_, n) => `\x1b[38;2;${n % 256};9;${n % 251};48;2;${n % 241};99;${n % 239}m${n % 7}`,
    );
    ring.append(Buffer.from(cells.join('')));
    const { snapshot } = await screen.draw();
    expect(snapshot?.length).toBeLessThan(512 * 1024);
    const drawn = await drawnAs(largest, [snapshot ?? '']);
    expect(drawn.lines).toEqual((await drawnAs(largest, [cells.join('')])).lines);
  });

  test('is drawn in slices, one terminal after another', async () => {
    const line = '\x1b[31m名前空間 line\x1b[m of text\r\n';
    const screens = Array.from({ length: 4 }, () => {
      const { ring, screen } = setUp(512 * 1024);
      ring.append(Buffer.from(line.repeat(20_000)));
      return screen;
    });
    const started = performance.now();
    const longestMs = await longestPause(Promise.all(screens.map((screen) => screen.draw())));
    // Each of some hundred slices, and each writing out, is a small part of it.
    expect(longestMs).toBeLessThan((performance.now() - started) / 4);
  });

  const line = '名前空間 line of text\r\n';

  test.for(['S', 'T', 'L', 'M', 'I', 'Z', 'b'])(
    'R39: passes over what asks for two thousand million: CSI %s',
    async (final) => {
      const { ring, screen } = setUp(8192);
      const asks = `\x1b[2147483647${final}`;
      ring.append(Buffer.from(`${line.repeat(500)}tail${asks}`));
      const { snapshot } = await screen.draw();
      const drawn = await drawnAs(size, [snapshot ?? '']);
      expect(drawn.lines.at(-1)).toBe('tail');
    },
  );

  test('R39: passes over the repetition of a letter with a thousand marks', async () => {
    const { ring, screen } = setUp(8192);
    ring.append(Buffer.from(`${line.repeat(500)}a${'\u0301'.repeat(1000)}\x1b[400bend`));
    const { snapshot } = await screen.draw();
    const drawn = await drawnAs(size, [snapshot ?? '']);
    expect(drawn.lines.at(-1)).toMatch(/^a\u0301+end$/);
  });

  test('R39: keeps nobody waiting, whatever it is made to draw: it begins empty then', async () => {
    const largest = { cols: 500, rows: 300 };
    const sizes = new SizeHistory(0, largest);
    const ring: Ring = new Ring(1024 * 1024, 0, (bytes, offset) => screen.passed(bytes, offset));
    const screen = new Screen(ring, sizes);
    // Each draws all of the screen anew.
    const half = Buffer.from('\x1bc'.repeat(256 * 1024));
    for (let n = 0; n < 3; n++) ring.append(half);
    const drawing = screen.draw();
    const longestMs = await longestPause(drawing);
    const { offset, snapshot } = await drawing;
    expect(offset).toBe(ring.end);
    expect((await drawnAs(largest, [snapshot ?? ''])).lines.join('')).toBe('');
    // Neighbours' keys come through in between.
    expect(longestMs).toBeLessThan(2_000);
  });

  test('R39: of what a full-screen program drew before is begun empty, too, when that takes long', async () => {
    const largest = { cols: 500, rows: 300 };
    const sizes = new SizeHistory(0, largest);
    const ring: Ring = new Ring(8192, 0, (bytes, offset) => screen.passed(bytes, offset));
    const screen = new Screen(ring, sizes);
    ring.append(Buffer.from('\x1b[?1049h\x1b[H'));
    // Each erases all of the screen.
    for (let n = 0; n < 14; n++) ring.append(Buffer.from('\x1b[J'.repeat(20_000)));
    ring.append(Buffer.alloc(16_384, 'x'));
    const began = performance.now();
    const drawing = screen.draw();
    expect(await longestPause(drawing)).toBeLessThan(2_000);
    expect(performance.now() - began).toBeLessThan(12_000);
    expect((await drawing).offset).toBe(ring.end);
    screen.dispose();
  });

  test('of a full-screen program that floods takes no time from others', async () => {
    const { ring, screen } = setUp(8192);
    ring.append(Buffer.from('\x1b[?1049h'));
    const flood = Buffer.from(`\x1b[2J\x1b[2147483647S${'x'.repeat(50)}`.repeat(1000));
    const flooding = (async () => {
      for (let n = 0; n < 40; n++) {
        ring.append(flood);
        await new Promise(setImmediate);
      }
    })();
    expect(await longestPause(flooding)).toBeLessThan(500);
    screen.dispose();
  });
});

/** The longest time that others waited for their turn while something is done, ms. */
async function longestPause(done: Promise<unknown>): Promise<number> {
  let isDone = false;
  const ended = done.finally(() => {
    isDone = true;
  });
  let longestMs = 0;
  for (let at = performance.now(); !isDone; ) {
    await new Promise(setImmediate);
    longestMs = Math.max(longestMs, performance.now() - at);
    at = performance.now();
  }
  await ended;
  return longestMs;
}
