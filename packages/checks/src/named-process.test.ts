import { expect, test } from 'vitest';
import { web } from '../test/scene.ts';
import { namingOf } from './named-process.ts';

// The target is 21 as the machine counts, and 1 for itself.
test.each([
  ['ps -p 21', ['pid'], 'wanted'],
  ['ps -p21', ['pid'], 'wanted'],
  ['ps --pid=21', ['pid'], 'wanted'],
  ['nsenter --target 21 -n ip addr', ['pid'], 'wanted'],
  ['kill -CONT 21', ['pid'], 'wanted'],
  ['cat /proc/21/status', ['pid'], 'wanted'],
  ['ls /proc/21', ['pid'], 'wanted'],
  ['ps -p 21,22', ['pid'], { other: '22' }],
  ['cat /proc/20/comm /proc/21/comm', ['pid'], { other: '20' }],
  ['cat /proc/210/status', ['pid'], { other: '210' }],
  ['nsenter -t 1 -n ip addr', ['pid'], { other: '1' }],
  ['tail -n 5 notes', ['pid'], null],
  ['cat 10.0.0.21', ['pid'], null],
  ['21 -p', ['pid'], null],
  ['ls /proc/21/root', ['root'], 'wanted'],
  ['ls /proc/21/root/app', ['root'], 'wanted'],
  ['grep -H . /proc/21/task/21/syscall /proc/21/task/30/syscall', ['task'], 'wanted'],
  ['ls /proc/20/root /proc/21/root', ['root'], 'wanted'],
  ['dd if=/proc/21/root/etc/passwd', ['root'], 'wanted'],
  ['ls /proc/21/rootfs', ['root'], 'other-file'],
  ['cat /proc/21/status', ['root', 'cwd'], 'other-file'],
  ['ps -p 21', ['status'], 'other-file'],
  ['ls /proc/1/root', ['root'], { other: '1' }],
  ['ls /root', ['root'], null],
  ['ls /proc/self/root', ['root'], null],
])('%s, where %j is wanted', (line, wanted, naming) => {
  expect(namingOf(wanted, line.split(' '), web)).toEqual(naming);
});

test('the same command line is asked again at little cost, however many processes it names', () => {
  const lines = Array.from({ length: 400 }, () => ['ps', '-p', '1,'.repeat(250)]);
  const started = Date.now();
  // Looks, targets and ways to name them.
  for (let times = 0; times < 100; times++) for (const argv of lines) namingOf(['pid'], argv, web);
  expect(Date.now() - started).toBeLessThan(2_000);
  expect(namingOf(['pid'], ['ps', '-p', '21,'.repeat(100)], web)).toBe('wanted');
});
