import { describe, expect, test } from 'vitest';
import { Modes } from './modes.ts';

/** What is in force after these pieces of output. */
const after = (...pieces: (string | Buffer)[]) => {
  const modes = new Modes();
  for (const piece of pieces) modes.read(Buffer.from(piece));
  return modes;
};

describe('modes in force', () => {
  test('are the last that was said of each thing', () => {
    expect(after('a\x1b[?25l\x1b[?2004hb\x1b[?25h').sequences).toBe('\x1b[?2004h\x1b[?25h');
    expect(after('\x1b[2;5r\x1b[4 q\x1b[r\x1b=\x1b>').sequences).toBe('\x1b[4 q\x1b[r\x1b>');
    expect(after('\x1b[?1;1000;1006h').sequences).toBe('\x1b[?1h\x1b[?1000h\x1b[?1006h');
  });

  test('hold colours until they end', () => {
    expect(after('\x1b[1;31mx\x1b[38;5;9my\x1b[48;2;1;2;3m').sequences).toBe(
      '\x1b[1;38;5;9;48;2;1;2;3m',
    );
    expect(after('\x1b[1;31m\x1b[0;4m').sequences).toBe('\x1b[4m');
    expect(after('\x1b[1;31m\x1b[m').sequences).toBe('');
    expect(after('\x1b[31;0;7m').sequences).toBe('\x1b[7m');
    expect(after('\x1b[31;;7m').sequences).toBe('\x1b[7m');
    expect(after('\x1b[>4;1m\x1b[?7m\x1b[38:2::1:2:3m').sequences).toBe('\x1b[38:2::1:2:3m');
    expect(after('\x1b[1m'.repeat(1000), '\x1b[2;4;41m\x1b[22m\x1b[1;24;49m').sequences).toBe(
      '\x1b[1m',
    );
    expect(after('\x1b[1;99999999999;200;38;5m\x1b[3').sequences).toBe('\x1b[1;38;5m');
  });

  test('are found however the output is split', () => {
    const output = Buffer.from('名\x1b[?25l前\x1b[38;5;200m😀\x1b(0\x1b]0;title\x07\x1b[2;20r\x0e');
    const whole = after(output).sequences;
    expect(whole).toBe('\x1b[?25l\x1b(0\x1b[2;20r\x0e\x1b[38;5;200m');
    for (let at = 1; at < output.length; at++) {
      expect(after(output.subarray(0, at), output.subarray(at)).sequences).toBe(whole);
    }
    expect(after(...[...output].map((one) => Buffer.of(one))).sequences).toBe(whole);
  });

  test('come back with a saved cursor, and go with a reset', () => {
    expect(after('\x1b(0\x1b[31m\x1b7\x1b(B\x1b[32;1m\x1b8').sequences).toBe('\x1b(0\x1b[31m');
    expect(after('\x1b[31m\x1b[?1049h\x1b[0m\x1b[?1049l').sequences).toBe('\x1b[31m');
    expect(after('\x1b[31m\x1b[?1006h\x1b[?25l\x1bc').sequences).toBe('');
    expect(after('\x1b[31m\x1b[?1006h\x1b[?25l\x1b[2;3r\x1b[!p').sequences).toBe('\x1b[?1006h');
  });

  test('tell what is only begun: of a sequence, a title, a character', () => {
    expect(after('text\x1b[38;5').begun.toString()).toBe('\x1b[38;5');
    expect(after('text\x1b').begun.toString()).toBe('\x1b');
    expect(after('text\x1b]0;a title').begun.toString()).toBe('\x1b]0;a title');
    expect(after('text\x1b]0;a title\x07').begun.length).toBe(0);
    expect(after(Buffer.from('x名').subarray(0, 3)).begun).toEqual(
      Buffer.from('名').subarray(0, 2),
    );
    expect(after('x名').begun.length).toBe(0);
    // A string that never ends is not kept for ever.
    expect(after('\x1b]0;', 'x'.repeat(100_000)).begun.length).toBeLessThan(10_000);
  });
});
