import { expect, test } from 'vitest';
import { drawnOf, insideOf, netOf, rowsOf } from './read-facts.ts';

const kinds = ['pid', 'mnt', 'net', 'uts', 'ipc', 'user', 'cgroup', 'time'];
const process = (id: string, pid: number, other: Record<string, number>, ...more: string[]) => [
  `${id} number ${pid}`,
  ...kinds.map((kind, index) => `${id} ${kind} ${other[kind] ?? index + 1}`),
  ...more.map((text) => `${id} ${text}`),
];
const facts = [
  ...process('1.1', 1, {}),
  ...process('20.2', 20, { net: 100, pid: 101 }, 'container a%20b'),
  ...process('21.3', 21, { net: 100 }, 'terminal 1'),
  ...process('22.4', 22, {}, 'terminal 2'),
  '100 kind net',
];

test('a page is read as what it says of processes', () => {
  const drawn = drawnOf([...facts, ...facts]);
  expect(insideOf(drawn)).toEqual([{ terminal: '1', kinds: ['net'] }]);
  expect(netOf(drawn)).toEqual([
    { who: 'a b', with: ['terminal 1'] },
    { who: 'terminal 1', with: ['a b'] },
  ]);
  const { rows, machine } = rowsOf(drawn);
  expect(rows.get('net:100')).toBe('2 processes from 20');
  expect(rows.get('net:3')).toBe('2 processes from 1');
  expect(machine.has('net:3')).toBe(true);
  expect(machine.has('net:100')).toBe(false);
});

test('a process that is drawn elsewhere than it is makes another answer', () => {
  const wrong = facts.map((fact) => (fact === '21.3 net 100' ? '21.3 net 3' : fact));
  expect(insideOf(drawnOf(wrong))).toEqual([]);
  expect(rowsOf(drawnOf(wrong)).rows.get('net:100')).toBe('1 processes from 20');
});
