import { createRequire } from 'node:module';
import type { Terminal as TerminalType } from '@xterm/headless';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';

// A CommonJS module whose names Node does not see.
const { Terminal } = createRequire(import.meta.url)('@xterm/headless') as {
  Terminal: typeof TerminalType;
};

/** What is known of the command on a screen that got this. */
async function after(output: string, cols = 40) {
  const terminal = new Terminal({ cols, rows: 6, allowProposedApi: true });
  await new Promise<void>((done) => terminal.write(output, done));
  return commandLine(terminal);
}
const prompt = 'learner@lab-host:~$ ';

test('the command behind the prompt, with the rows it takes', async () => {
  expect(await after(`${prompt}ls　-l`)).toEqual({ text: 'ls　-l', firstRow: 0, lastRow: 0 });
  expect(await after(`one\r\n${prompt}`)).toEqual({ text: '', firstRow: 1, lastRow: 1 });
  expect(await after(`no end of line${prompt}id`)).toMatchObject({ text: 'id' });
  expect(await after(`\x1b[1mroot@lab-host\x1b[m:/# id`)).toMatchObject({ text: 'id' });
});

test('all of it, wherever the cursor stands in it', async () => {
  expect(await after(`${prompt}ls -l\x1b[4D`)).toMatchObject({ text: 'ls -l' });
});

test('a long one is put together from its rows', async () => {
  const command = `echo ${'x'.repeat(50)}　end`;
  expect(await after(prompt + command, 30)).toEqual({ text: command, firstRow: 0, lastRow: 2 });
  expect(await after(`${prompt}${command}\x1b[2A`, 30)).toMatchObject({ text: command });
});

test('a prompt within a command begins no other', async () => {
  expect(await after(`${prompt}echo root@x:~# y`)).toMatchObject({ text: 'echo root@x:~# y' });
});

test('nothing is known where no prompt of ours is', async () => {
  expect(await after('> ls')).toBeNull();
  expect(await after('learner@lab-host: ls')).toBeNull();
  expect(await after(`${prompt}vim\r\n\x1b[?1049h\x1b[H${prompt}`)).toBeNull();
});
