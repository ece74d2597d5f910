import { expect, test } from 'vitest';
import { capacityFindings } from './capacity.ts';
import { kernelFinding } from './kernel.ts';
import { nodeFinding } from './programs.ts';

test.each([
  ['5.10.0-30-amd64', 'fail'],
  ['5.18.19', 'fail'],
  ['5.19.0', 'ok'],
  ['6.1.0-56-cloud-amd64', 'ok'],
])('kernel %s is %s', (version, status) => {
  expect(kernelFinding(version).status).toBe(status);
});

test.each([
  ['18.20.4', 'fail'],
  ['20.18.3', 'fail'],
  ['20.19.0', 'warn'],
  ['22.0.0', 'ok'],
])('Node.js %s is %s', (version, status) => {
  expect(nodeFinding(version).status).toBe(status);
});

const gibibyte = 1024 ** 3;
const large = { pidMax: 4_194_304, memoryBytes: 64 * gibibyte, freeDiskBytes: 100 * gibibyte };
test.each([
  ['a large host', {}, ['ok', 'ok', 'ok']],
  ['few process ids', { pidMax: 4096 }, ['warn', 'ok', 'ok']],
  ['little memory', { memoryBytes: 4 * gibibyte }, ['ok', 'warn', 'ok']],
  ['a disk without room for recordings', { freeDiskBytes: 2 * gibibyte }, ['ok', 'ok', 'warn']],
  ['a full disk', { freeDiskBytes: gibibyte }, ['ok', 'ok', 'fail']],
])('twenty seats on %s', (_, shortage, statuses) => {
  const findings = capacityFindings({ ...large, ...shortage }, 20);
  expect(findings.map(({ status }) => status)).toEqual(statuses);
});
