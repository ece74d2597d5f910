import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { privilegesOf } from './capabilities.ts';

const nobody = ['--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', '--inh-caps=-all'];

/** What is read of a shell, with one child, that was started so. */
async function privilegesUnder(setpriv: string[]) {
  const child = spawn('setpriv', [...setpriv, 'sh', '-c', 'cat & echo there; wait'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    await once(child.stdout, 'data');
    return privilegesOf(child.pid ?? 0);
  } finally {
    child.kill('SIGKILL');
    child.stdin.end();
    await ended;
  }
}

test('a process that gave up everything has nothing, and neither has its child', async () => {
  const found = await privilegesUnder([...nobody, '--bounding-set=-all', '--no-new-privs']);
  expect(found).toEqual({ capabilities: 0, root: false, noNewPrivileges: true, processes: 2 });
});

test('a capability that it could only come to have counts', async () => {
  const found = await privilegesUnder([...nobody, '--bounding-set=-all,+chown,+kill']);
  expect(found).toMatchObject({ capabilities: 2, root: false, noNewPrivileges: false });
});

test('root is root', async () => {
  expect(await privilegesUnder(['--bounding-set=-all'])).toMatchObject({ root: true });
});
