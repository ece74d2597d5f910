import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type Typed,
  type TypedTerminal,
  type TypingEnd,
  typeLines,
  untyped,
} from './type-lines.ts';

/** A shell that echoes what it gets and prompts again after a while, or never. */
class Shell implements TypedTerminal {
  got: string[] = [];
  connected = true;
  bytes = 10;
  prompting = true;
  /** How long its commands run. */
  runsMs = 300;
  /** Until it says back what it got. */
  echoMs = 60;
  /** What is sent is lost on the way. */
  deaf = false;
  /** Shells entered from the login shell. */
  inner = 0;

  live = () => this.connected;
  prompt = () => (this.prompting ? (this.inner > 0 ? 'inner' : 'login') : null);
  parsed = () => this.bytes;
  send = (text: string) => {
    if (!this.connected) return false;
    if (this.deaf) return true;
    this.got.push(text);
    if (text === 'exit\r') this.inner -= 1;
    // The echo takes its time: until then the old prompt stands there.
    setTimeout(() => {
      this.bytes += text.length + 1;
      this.prompting = false;
      if (this.runsMs < Number.POSITIVE_INFINITY)
        setTimeout(() => {
          this.bytes += 20;
          this.prompting = true;
        }, this.runsMs);
    }, this.echoMs);
    return true;
  };
}

let one: Shell;
let two: Shell;
let typed: Typed;
let abort: AbortController;
const line = (text: string, terminal = '1') => ({ terminal, text });

/** Types, with the clock run until it ends. */
async function type(lines: ReturnType<typeof line>[], from = untyped): Promise<TypingEnd> {
  typed = from;
  let end: TypingEnd | null = null;
  void typeLines(lines, from, {
    terminal: (id) => (id === '1' ? one : id === '2' ? two : undefined),
    signal: abort.signal,
    onTyped: (now) => {
      typed = now;
    },
  }).then((ended) => {
    end = ended;
  });
  for (let n = 0; n < 2000 && !end; n++) await vi.advanceTimersByTimeAsync(20);
  if (!end) throw new Error('it never ended');
  return end;
}

beforeEach(() => {
  vi.useFakeTimers();
  one = new Shell();
  two = new Shell();
  abort = new AbortController();
  return () => vi.useRealTimers();
});

test('each line is typed once the prompt of the one before is back, whichever terminal', async () => {
  const began: number[] = [];
  const send = one.send;
  one.send = (text) => {
    began.push(performance.now());
    return send(text);
  };
  expect(await type([line('a'), line('b', '2'), line('c\nd')])).toEqual({ name: 'done' });
  expect(one.got).toEqual(['a\r', 'c\rd\r']);
  expect(two.got).toEqual(['b\r']);
  // Both ran for their time and stood at the prompt for a moment.
  expect((began[1] ?? 0) - (began[0] ?? 0)).toBeGreaterThan(2 * (60 + 300 + 150));
});

test('the prompt that stood there before is not taken for the next', async () => {
  one.runsMs = Number.POSITIVE_INFINITY;
  expect(await type([line('sleep'), line('b')])).toEqual({ name: 'no-prompt', terminal: '1' });
  expect(one.got).toEqual(['sleep\r']);
  expect(typed.count).toBe(1);
});

test('a last line may go on running', async () => {
  one.runsMs = Number.POSITIVE_INFINITY;
  expect(await type([line('tcpdump')])).toEqual({ name: 'done' });
});

test('shells that were entered are left first, once in each terminal', async () => {
  one.inner = 2;
  two.inner = 1;
  const enter = { ...line('enter') };
  const send = one.send;
  one.send = (text) => {
    if (text === 'enter\r') one.inner += 1;
    return send(text);
  };
  expect(await type([enter, line('a', '2'), line('b')])).toEqual({ name: 'done' });
  expect(one.got).toEqual(['exit\r', 'exit\r', 'enter\r', 'b\r']);
  expect(two.got).toEqual(['exit\r', 'a\r']);
});

test('a shell that cannot be left ends it', async () => {
  one.inner = 1000;
  expect(await type([line('a')])).toEqual({ name: 'no-prompt', terminal: '1' });
  expect(one.got).not.toContain('a\r');
});

test('nothing is typed over what the learner has running', async () => {
  one.prompting = false;
  expect(await type([line('a')])).toEqual({ name: 'no-prompt', terminal: '1' });
  expect(one.got).toEqual([]);
});

test('it stops between lines', async () => {
  setTimeout(() => abort.abort(), 250);
  expect(await type([line('a'), line('b')])).toEqual({ name: 'stopped' });
  expect(one.got).toEqual(['a\r']);
});

test('what was stopped before its echo came is not typed again', async () => {
  const lines = [line('a'), line('b')];
  one.echoMs = 700;
  setTimeout(() => abort.abort(), 250);
  expect(await type(lines)).toEqual({ name: 'stopped' });
  expect(typed.count).toBe(1);
  abort = new AbortController();
  expect(await type(lines, typed)).toEqual({ name: 'done' });
  expect(one.got).toEqual(['a\r', 'b\r']);
});

test('a terminal that never comes is lost', async () => {
  expect(await type([line('a', '3')])).toEqual({ name: 'lost', terminal: '3' });
});

describe('when the connection drops', () => {
  const lose = (afterMs: number) =>
    setTimeout(() => {
      one.connected = false;
    }, afterMs);

  test('it says so, and goes on later without a line lost or doubled', async () => {
    const lines = [line('a'), line('b'), line('c')];
    lose(1000);
    expect(await type(lines)).toEqual({ name: 'lost', terminal: '1' });
    expect(typed.count).toBe(2);
    one.connected = true;
    expect(await type(lines, typed)).toEqual({ name: 'done' });
    expect(one.got).toEqual(['a\r', 'b\r', 'c\r']);
  });

  test('a line that was lost on the way is typed again', async () => {
    const lines = [line('a'), line('b')];
    one.deaf = true;
    lose(300);
    expect(await type(lines)).toEqual({ name: 'lost', terminal: '1' });
    one.deaf = false;
    one.connected = true;
    expect(await type(lines, typed)).toEqual({ name: 'done' });
    expect(one.got).toEqual(['a\r', 'b\r']);
  });
});
