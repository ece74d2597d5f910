import type { RecordingIndex } from '@tatami/protocol';
import { SerializeAddon } from '@xterm/addon-serialize';
import { Terminal } from '@xterm/headless';
import { describe, expect, test } from 'vitest';
import { clockTime } from './clock-time.ts';
import type { Piece } from './pieces.ts';
import { Playback, type PlaybackState } from './playback.ts';
import { Renderer, type Screen } from './renderer.ts';
import { Timeline } from './timeline.ts';

const pieceBytes = 256 * 1024;

/** A recording of bursts that came at these times (ms). */
function recorded(bursts: [atMs: number, text: string][], rest: Partial<RecordingIndex> = {}) {
  const bytes = Buffer.from(bursts.map(([, text]) => text).join(''));
  let offset = 0;
  const outputs = bursts.map(([atMs, text]): [number, number] => {
    offset += Buffer.byteLength(text);
    return [atMs, offset];
  });
  const index: RecordingIndex = {
    ...{ startedAt: '2026-01-02T03:04:05.000Z', start: 0, end: bytes.length, cols: 20, rows: 5 },
    ...{ outputs, resizes: [], gaps: [] },
    ...rest,
  };
  const reads: number[] = [];
  const read = async (from: number): Promise<Piece> => {
    reads.push(from);
    const start = Math.min(Math.max(from, index.start), bytes.length);
    const gap = index.gaps.find((one) => one.offset - one.bytes >= start);
    const until = gap ? gap.offset - gap.bytes : bytes.length;
    return { offset: start, bytes: bytes.subarray(start, Math.min(start + pieceBytes, until)) };
  };
  return { index, bytes, read, reads };
}

/** A real terminal without a window, which counts what it draws. */
function headless() {
  const terminal = new Terminal({ allowProposedApi: true, scrollback: 100 });
  const serialize = new SerializeAddon();
  terminal.loadAddon(serialize);
  const counted = { bytes: 0 };
  const screen: Screen = {
    resize: (cols, rows) => terminal.resize(cols, rows),
    clear: () => terminal.reset(),
    write: (data) => {
      counted.bytes += data.length;
      return new Promise((resolve) => terminal.write(data, resolve));
    },
    snapshot: () => serialize.serialize({ scrollback: 100 }),
  };
  const text = () => {
    const { active } = terminal.buffer;
    const lines = Array.from({ length: terminal.rows }, (_, y) =>
      active.getLine(active.viewportY + y)?.translateToString(true),
    );
    return lines.join('\n').trimEnd();
  };
  return { terminal, screen, text, counted };
}

/** What a terminal shows that was given these bytes and nothing else. */
async function shownOf(bytes: Uint8Array, cols = 20, rows = 5): Promise<string> {
  const { terminal, screen, text } = headless();
  terminal.resize(cols, rows);
  await screen.write(bytes);
  return text();
}

/** Six MiB of numbered, coloured lines, of which each ends a burst. */
const long = () =>
  recorded(
    Array.from({ length: 100_000 }, (_, n) => [
      n * 20,
      `\x1b[3${n % 8}m${String(n).padStart(12, '0')} 名前 ${'x'.repeat(30)}\x1b[0m\r\n`,
    ]),
  );

describe('the timeline', () => {
  const { index } = recorded([
    [0, 'a'],
    [500, 'bb'],
    [60_500, 'c'],
  ]);
  test('has all of a burst at its time, nothing before', () => {
    const timeline = new Timeline(index, null);
    expect(timeline.durationMs).toBe(60_500);
    expect([0, 499, 500, 60_499, 60_500, 99_999].map((ms) => timeline.offsetAt(ms))).toEqual([
      1, 1, 3, 3, 4, 4,
    ]);
    expect([0, 1, 2, 3, 4].map((offset) => timeline.playedMsOf(offset))).toEqual([
      0, 0, 500, 500, 60_500,
    ]);
  });
  test('cuts pauses when asked, and knows the real time', () => {
    const timeline = new Timeline(index, 2000);
    expect(timeline.durationMs).toBe(2500);
    expect(timeline.offsetAt(2500)).toBe(4);
    expect(timeline.realMsOf(4)).toBe(60_500);
  });
  test('of nothing is nothing', () => {
    const timeline = new Timeline(recorded([]).index, 2000);
    expect([timeline.durationMs, timeline.offsetAt(5), timeline.playedMsOf(0)]).toEqual([0, 0, 0]);
  });
});

describe('the renderer', () => {
  test('shows at any offset what the terminal showed, forward and back', async () => {
    const { index, bytes, read } = long();
    const { screen, text } = headless();
    const renderer = new Renderer(index, screen, read);
    const wanted = [10, 700_001, 300_000, 6_000_000, 299_999, 5_200_000, 1, index.end, 0];
    for (const offset of wanted) {
      await renderer.show(offset);
      expect(renderer.shown).toBe(offset);
      expect(text()).toBe(await shownOf(bytes.subarray(0, offset)));
    }
  });
  test('draws little again to go back where it was, and never more than a bound', async () => {
    const { index, read } = long();
    const { screen, counted } = headless();
    const renderer = new Renderer(index, screen, read);
    for (let offset = 0; offset < index.end; offset += 500_000) await renderer.show(offset);
    counted.bytes = 0;
    await renderer.show(2_300_000);
    expect(counted.bytes).toBeLessThan(400_000);
    const fresh = headless();
    const other = new Renderer(index, fresh.screen, read);
    await other.show(index.end);
    expect(fresh.counted.bytes).toBeLessThan(1_100_000);
  });
  test('the last wish counts', async () => {
    const { index, bytes, read } = long();
    const { screen, text, counted } = headless();
    const renderer = new Renderer(index, screen, read);
    void renderer.show(900_000);
    void renderer.show(500_000);
    await renderer.show(40);
    expect(renderer.shown).toBe(40);
    expect(text()).toBe(await shownOf(bytes.subarray(0, 40)));
    expect(counted.bytes).toBeLessThan(100_000);
  });
  test('follows resizes, back too', async () => {
    const { index, read } = recorded(
      [
        [0, 'one\r\n'],
        [10, 'two'],
      ],
      { resizes: [{ atMs: 5, offset: 5, cols: 60, rows: 20 }] },
    );
    const { screen, terminal } = headless();
    const renderer = new Renderer(index, screen, read);
    await renderer.show(3);
    expect([terminal.cols, terminal.rows]).toEqual([20, 5]);
    await renderer.show(8);
    expect([terminal.cols, terminal.rows]).toEqual([60, 20]);
    await renderer.show(4);
    expect([terminal.cols, terminal.rows]).toEqual([20, 5]);
  });
  test('a gap ends what was begun before it', async () => {
    const { index, read } = recorded(
      [
        [0, 'ab\x1b[1'],
        [10, '------'],
        [20, 'cd'],
      ],
      { gaps: [{ atMs: 15, offset: 11, bytes: 6 }] },
    );
    const { screen, text } = headless();
    await new Renderer(index, screen, read).show(index.end);
    expect(text()).toBe('abcd');
  });
  test('what was dropped since is left out', async () => {
    const { index, bytes } = recorded([
      [0, 'gone'],
      [10, 'kept'],
    ]);
    const { screen, text } = headless();
    const renderer = new Renderer(index, screen, async (from) => ({
      offset: Math.max(from, 4),
      bytes: bytes.subarray(Math.max(from, 4)),
    }));
    await renderer.show(8);
    expect(text()).toBe('kept');
    const none = new Renderer(index, headless().screen, async () => ({
      offset: 8,
      bytes: Buffer.of(),
    }));
    await none.show(8);
    expect(none.shown).toBe(8);
  });
  test('reads each piece once while it is held', async () => {
    const { index, read, reads } = recorded([[0, 'x'.repeat(600_000)]]);
    const renderer = new Renderer(index, headless().screen, read);
    await renderer.show(index.end);
    await renderer.show(10);
    await renderer.show(500_000);
    expect(new Set(reads).size).toBe(reads.length);
    expect(reads).toEqual([0, pieceBytes, 2 * pieceBytes]);
  });
});

describe('playing', () => {
  const bursts: [number, string][] = [
    [0, 'a'],
    [1000, 'b'],
    [61_000, 'c'],
  ];
  function player(recording = recorded(bursts), read = recording.read) {
    const { screen, text } = headless();
    const clock = { now: 5000 };
    const states: PlaybackState[] = [];
    const { index } = recording;
    const playback = new Playback({
      ...{ index, screen, read, now: () => clock.now },
      onState: (state) => states.push(state),
    });
    const settled = async () => {
      while (states.at(-1)?.waiting) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    const after = async (ms: number) => {
      clock.now += ms;
      playback.tick();
      await settled();
      return text();
    };
    return { playback, after, settled, text, clock, state: () => states.at(-1) };
  }

  test('goes on with the clock, at its speed, and stops at the end', async () => {
    const { playback, after, state } = player();
    expect(await after(100)).toBe('');
    playback.play();
    expect(await after(999)).toBe('a');
    expect(await after(1)).toBe('ab');
    playback.setSpeed(8);
    expect(await after(240)).toBe('ab');
    expect(await after(20)).toBe('abc');
    expect(state()).toMatchObject({ playing: false, positionMs: 3000, durationMs: 3000 });
    expect(new Date(state()?.shownAt ?? 0).toISOString()).toBe('2026-01-02T03:05:06.000Z');
    playback.play();
    expect(await after(10)).toBe('a');
  });
  test('pauses as long as they were, when they are not cut', async () => {
    const { playback, after, settled, state } = player();
    playback.seekOffset(2);
    await settled();
    playback.cutPauses(false);
    expect(state()).toMatchObject({ positionMs: 1000, durationMs: 61_000 });
    playback.play();
    expect(await after(59_000)).toBe('ab');
    expect(await after(1_000)).toBe('abc');
  });
  test('seeks by time and by offset, playing or not', async () => {
    const { playback, settled, text, state } = player();
    playback.seek(3000);
    await settled();
    expect(text()).toBe('abc');
    playback.seekOffset(1);
    await settled();
    expect(text()).toBe('a');
    expect(state()).toMatchObject({ playing: false, positionMs: 0 });
    playback.seek(-5);
    playback.seek(1e9);
    await settled();
    expect(text()).toBe('abc');
  });
  test('the clock stands while bytes are on their way, and a failure is told and can be tried again', async () => {
    const recording = recorded(bursts);
    let answer: (ok: boolean) => void = () => undefined;
    /** Timers come after all that is asked at once. */
    const asked = () => new Promise((resolve) => setTimeout(resolve, 5));
    const read = (from: number) =>
      new Promise<{ offset: number; bytes: Uint8Array }>((resolve, reject) => {
        answer = (ok) => (ok ? void recording.read(from).then(resolve) : reject(new Error('cut')));
      });
    const { playback, clock, settled, state, text } = player(recording, read);
    playback.play();
    clock.now += 10;
    playback.tick();
    for (let n = 0; n < 10; n++) {
      clock.now += 1000;
      playback.tick();
    }
    expect(state()).toMatchObject({ playing: true, waiting: true, positionMs: 10 });
    await asked();
    answer(false);
    await settled();
    await asked();
    expect(state()).toMatchObject({ playing: false, error: new Error('cut') });
    playback.seek(1000);
    await asked();
    answer(true);
    await settled();
    expect(text()).toBe('ab');
    expect(state()?.error).toBeNull();
  });
});

test('times as on a clock', () => {
  expect([0, 999, 61_000, 3_723_000].map(clockTime)).toEqual(['0:00', '0:00', '1:01', '1:02:03']);
});
