import { CloseReason, closeCodes, errorTable } from '@tatami/protocol';
import { expect, it } from 'vitest';
import en from './en.ts';
import ja from './ja.ts';
import zh from './zh-CN.ts';

it('has the same keys in every language', () => {
  expect(Object.keys(ja)).toEqual(Object.keys(en));
  expect(Object.keys(zh)).toEqual(Object.keys(en));
});
it('has a text for every error, close code and close reason', () => {
  const keys = [
    ...Object.keys(errorTable).map((code) => `error.${code}`),
    ...Object.values(closeCodes).map((code) => `close.${code}`),
    ...CloseReason.options.map((reason) => `closed.${reason}`),
  ];
  expect(keys.filter((key) => !(key in en))).toEqual([]);
});
