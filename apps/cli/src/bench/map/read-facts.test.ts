import { expect, test } from 'vitest';
import { differences, drawnOf, insideOf, netOf, rowsOf, terminalsOf } from './read-facts.ts';

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

test('what contradicts is a mismatch, one for each fact', () => {
  const { rows: listed } = rowsOf(drawnOf(facts));
  const drawn = facts.filter((fact) => /number|terminal/.test(fact));
  expect(differences({ drawn, table: facts, listed })).toEqual([]);
  expect(terminalsOf(drawnOf(facts))).toEqual(['1', '2']);

  expect(differences({ drawn: [], table: facts, listed })).toEqual([
    'nothing is drawn',
    'only in the table: 21.3 terminal 1',
    'only in the table: 22.4 terminal 2',
  ]);
  expect(differences({ drawn: [...drawn, '21.3 stopped yes'], table: facts, listed })).toEqual([
    'only drawn: 21.3 stopped yes',
  ]);
  const fewer = facts.filter((fact) => !fact.startsWith('21.3'));
  expect(differences({ drawn: [], table: fewer, listed })).toContain(
    'net:100: the table says 1 processes from 20, lsns 2 processes from 20',
  );
  expect(differences({ drawn, table: facts, listed: new Map() })).toContain(
    'net:3: the table says 2 processes from 1, lsns nothing',
  );
});
