import { expect, test } from 'vitest';
import { newResumeCode, normaliseResumeCode } from './resume-code.ts';

test('a new code is four groups of four and reads back as itself', () => {
  const code = newResumeCode();
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  expect(normaliseResumeCode(code)).toBe(code);
  expect(newResumeCode()).not.toBe(code);
});

test.each([
  ['7k2m qw4x 90ab cdef', '7K2M-QW4X-90AB-CDEF'],
  ['7K2MQW4X90ABCDEF', '7K2M-QW4X-90AB-CDEF'],
  [' 7K2M‐QW4X－9OAB-CDEF\n', '7K2M-QW4X-90AB-CDEF'],
  ['ilO0-0000-0000-0000', '1100-0000-0000-0000'],
  ['７Ｋ２Ｍ-QW4X-90AB-CDEF', '7K2M-QW4X-90AB-CDEF'],
  ['7K2M-QW4X-90AB', null],
  ['7K2M-QW4X-90AB-CDEU', null],
  ['', null],
])('%j is read as %j', (typed, code) => {
  expect(normaliseResumeCode(typed)).toBe(code);
});
