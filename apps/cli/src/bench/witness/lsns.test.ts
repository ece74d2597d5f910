import { expect, test } from 'vitest';
import { compareRows, lsnsRows } from './lsns.ts';

const json = JSON.stringify({
  namespaces: [
    { ns: 1, type: 'uts', nprocs: 2, pid: 10 },
    {
      ...{ ns: 2, type: 'cgroup', nprocs: 2, pid: 10 },
      children: [{ ns: 3, type: 'user', nprocs: 1, pid: 11 }],
    },
    { ns: 4, type: 'net', nprocs: 0, pid: null },
    { ns: 5, type: 'time_for_children', nprocs: 1, pid: 10 },
  ],
});
const row = (processes: number, lowestPid: number) => ({ processes, lowestPid });

test('rows below other rows count, those without processes do not', () => {
  expect([...lsnsRows(json)]).toEqual([
    ['uts:1', row(2, 10)],
    ['cgroup:2', row(2, 10)],
    ['user:3', row(1, 11)],
  ]);
});

test('two that agree have no differences', () => {
  expect(compareRows(lsnsRows(json), lsnsRows(json), new Set())).toEqual([]);
});

test.each([
  ['a namespace too few', [], 'uts:1: observed nothing, lsns says 2 processes from 10'],
  ['a process too few', [['uts:1', row(1, 10)]], 'uts:1: observed 1 processes from 10'],
  ['another first process', [['uts:1', row(2, 11)]], 'uts:1: observed 2 processes from 11'],
  ['another namespace', [['uts:9', row(2, 10)]], 'uts:9: observed 2 processes from 10, lsns says'],
] as const)('%s is told', (_name, wrong, told) => {
  const observed = new Map(
    [...lsnsRows(json)].filter(([name]) => name !== 'uts:1').concat(wrong as never),
  );
  const differences = compareRows(observed, lsnsRows(json), new Set());
  expect(differences.join('\n')).toContain(told);
});

test('where a witness stands itself, only a missing namespace is told', () => {
  const crowded = new Set(['uts:1']);
  const observed = new Map([...lsnsRows(json)]).set('uts:1', row(1, 10));
  expect(compareRows(observed, lsnsRows(json), crowded)).toEqual([]);
  observed.delete('uts:1');
  expect(compareRows(observed, lsnsRows(json), crowded)).toHaveLength(1);
});
