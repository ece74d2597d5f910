import { Terminal } from '@xterm/headless';
import { describe, expect, test } from 'vitest';
import { lastCommand } from './last-command.ts';

const shown = (text: string, cols = 80) =>
  new Promise<string | null>((resolve) => {
    const terminal = new Terminal({ cols, rows: 10, allowProposedApi: true });
    terminal.write(text, () => resolve(lastCommand(terminal as never)));
  });
const prompt = 'learner@lab-host:~$ ';

describe('what “run this in mine” runs', () => {
  test('is the last command that was entered, not what is being typed', async () => {
    expect(await shown(`${prompt}ls\r\na b\r\n${prompt}pwd\r\n/root\r\n${prompt}rm -rf`)).toBe(
      'pwd',
    );
  });
  test('is whole when it was wrapped', async () => {
    const long = 'sudo unshare --pid --fork --mount-proc bash -c "echo one two three"';
    expect(await shown(`${prompt}${long}\r\nout\r\n${prompt}`, 30)).toBe(long);
  });
  test('is nothing without a prompt of ours, an entered command or the shell’s screen', async () => {
    expect(await shown('$ ls\r\n$ ')).toBeNull();
    expect(await shown(`${prompt}\r\n${prompt}`)).toBeNull();
    expect(await shown(`${prompt}vi\r\n\x1b[?1049hfile`)).toBeNull();
  });
});
