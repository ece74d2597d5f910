import { describe, expect, test } from 'vitest';
import { readable, tail } from '../../rehearsal/readable.ts';
import { type Declared, mismatch, type Typed } from './expectation.ts';

const declared = (some: Partial<Declared>): Declared => ({
  ...{ shows: [], hides: [], silent: false, holds: false, faults: {} },
  ...some,
});

const prompt = '\u001b[?2004hlearner@lab-host:~$ ';
const typed = (line: string, output: string): Typed => ({
  line,
  shown: `${line}\r\n\u001b[?2004l\r${output.replaceAll('\n', '\r\n')}${prompt}`,
});
const ps = typed('ps aux', 'root 1 /bin/bash\nroot 2 ps aux\n');

describe('what a block shows', () => {
  test('is as declared, line by line, the prompt included', () => {
    const shows = ['^root 1 .*bash$', '^learner@lab-host:\\S*\\$ $'];
    expect(mismatch(declared({ shows }), [ps], null)).toBeNull();
    expect(mismatch(declared({ shows: ['^root 3'] }), [ps], null)).toBe('does not show /^root 3/m');
  });

  test('holds nothing that must be hidden', () => {
    const hidden = declared({ shows: ['^root 1 '], hides: ['^root 2 '] });
    expect(mismatch(hidden, [ps], null)).toBe('shows /^root 2 /m');
  });

  test('is nothing but echo and prompt when it is silent, for every line', () => {
    const silent = declared({ silent: true });
    expect(mismatch(silent, [typed('true', ''), typed('cd /', '')], null)).toBeNull();
    const noisy = [typed('true', ''), typed('cd /x', 'no such folder\n')];
    expect(mismatch(silent, noisy, null)).toBe('prints "no such folder\\n"');
  });

  test('is more with the fault that is drawn', () => {
    const faults = { gone: { shows: ['^root 9 '], hides: [] }, other: { shows: [], hides: ['1'] } };
    const more = declared({ shows: ['^root 1 '], faults });
    expect(mismatch(more, [ps], null)).toBeNull();
    expect(mismatch(more, [ps], 'gone')).toBe('does not show /^root 9 /m');
    expect(mismatch(more, [ps], 'other')).toBe('shows /1/m');
    expect(mismatch(more, [ps], 'without words of its own')).toBeNull();
  });
});

test('a pattern that the command itself matches proves nothing', () => {
  expect(mismatch(declared({ shows: ['ps aux'] }), [ps], null)).toBe(
    '/ps aux/m proves nothing: the command itself matches',
  );
});

test('a block that declares nothing is told so', () => {
  expect(mismatch(declared({}), [ps], null)).toContain('`expect` is missing');
  expect(mismatch(declared({ holds: true }), [ps], null)).toBeNull();
});

test('output is read without colours and carriage returns, and cut to its end', () => {
  expect(readable(ps.shown)).toBe('ps aux\nroot 1 /bin/bash\nroot 2 ps aux\nlearner@lab-host:~$ ');
  expect(tail(ps.shown, 2)).toBe('root 2 ps aux\nlearner@lab-host:~$');
});
