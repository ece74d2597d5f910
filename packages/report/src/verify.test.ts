import { expect, test } from 'vitest';
import { nextEntry } from './chain.ts';
import { linksClose, linksOpen, sealed } from './seal.ts';
import { newSigningKey, publicKeyOf, signingKeyOf } from './signing-key.ts';
import { verifySealed } from './verify.ts';

const ours = signingKeyOf(newSigningKey());
const theirs = signingKeyOf(newSigningKey());
const at = '2026-01-02T03:04:05.678Z';
const seal = (body: string, key = ours) =>
  sealed(body, key, async (digest) => nextEntry(null, { at, kind: 'report', digest }));
const body = `<!doctype html>\n${Array.from({ length: 400 }, (_, n) => `<p>line ${n} 障害</p>\n`).join('')}`;

function replaced(file: Buffer, offset: number): Buffer {
  const copy = Buffer.from(file);
  copy[offset] = (copy[offset] as number) ^ 1;
  return copy;
}

test('a file that nobody touched is genuine to who has the key, consistent to who has none', async () => {
  for (const text of [body, '', 'x'.repeat(1024), 'x'.repeat(1025)]) {
    const file = await seal(text);
    expect(file.subarray(0, Buffer.byteLength(text)).toString()).toBe(text);
    expect(verifySealed(file, publicKeyOf(ours))).toMatchObject({
      status: 'genuine',
      entry: { seq: 1, kind: 'report' },
    });
    expect(verifySealed(file, null)).toMatchObject({ status: 'consistent' });
  }
});

test('what somebody else sealed is consistent, and of an unknown signer', async () => {
  const file = await seal(body.replace('line 7', 'line 8'), theirs);
  expect(verifySealed(file, publicKeyOf(ours))).toMatchObject({ status: 'unknown-signer' });
  expect(verifySealed(file, null)).toMatchObject({ status: 'consistent' });
});

test('any byte that is another is named', async () => {
  const file = await seal(body);
  const bodyBytes = Buffer.byteLength(body);
  const linksAt = bodyBytes + linksOpen.length;
  const closeAt = file.lastIndexOf(linksClose);
  const sealAt = closeAt + linksClose.length;
  const offsets = [
    ...[0, 1, 1023, 1024, 5000, bodyBytes - 1],
    ...[bodyBytes, linksAt, linksAt + 43, linksAt + 100, closeAt - 2, closeAt + 3, sealAt - 1],
    ...[file.indexOf('"at"', sealAt) + 8, file.indexOf('"previous"', sealAt) + 14],
    ...[file.indexOf('"publicKey"', sealAt) + 20, file.indexOf('"signature"', sealAt) + 30],
    ...[file.length - 25, file.length - 1],
  ];
  for (const offset of offsets) {
    const change = { kind: 'replaced', from: offset, to: offset + 1, was: file[offset] };
    expect(verifySealed(replaced(file, offset), publicKeyOf(ours)), `byte ${offset}`).toMatchObject(
      {
        status: 'changed',
        change,
      },
    );
  }
}, 60_000);

test('so is one that only writes the same key or signature in another way', async () => {
  const file = await seal(body);
  for (const [field, ending] of [
    ['"signature"', '=='],
    ['"publicKey"', '="'],
  ] as const) {
    const at = file.indexOf(ending, file.lastIndexOf(field)) - 1;
    const copy = Buffer.from(file);
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    copy.write(digits[digits.indexOf(String.fromCharCode(file[at] as number)) + 1] as string, at);
    expect(verifySealed(copy, publicKeyOf(ours)), field).toMatchObject({
      status: 'changed',
      change: { part: 'seal', kind: 'replaced', from: at, to: at + 1, was: file[at], is: copy[at] },
    });
  }
}, 60_000);

test('a byte that was added or taken out is named', async () => {
  const file = await seal(body);
  const added = Buffer.concat([file.subarray(0, 3000), Buffer.from('~'), file.subarray(3000)]);
  expect(verifySealed(added, null)).toEqual({
    status: 'changed',
    change: { part: 'report', kind: 'added', from: 3000, to: 3001, is: 0x7e },
  });
  const without = Buffer.concat([file.subarray(0, 2050), file.subarray(2051)]);
  expect(verifySealed(without, null)).toMatchObject({
    status: 'changed',
    change: { part: 'report', kind: 'missing' },
  });
}, 60_000);

test('of more than one byte the piece is named', async () => {
  const file = await seal(body);
  const rewritten = Buffer.from(file);
  rewritten.write('another story', 2100);
  expect(verifySealed(rewritten, null)).toEqual({
    status: 'changed',
    change: { part: 'report', kind: 'other', from: 2048, to: 3072 },
  });
}, 60_000);

test('chain and body that fit each other do not help without the key', async () => {
  const file = await seal(body);
  const forged = await seal(body.replace('line 7', 'line 8'), theirs);
  const ownSeal = file.subarray(file.lastIndexOf(linksClose));
  const mixed = Buffer.concat([forged.subarray(0, forged.lastIndexOf(linksClose)), ownSeal]);
  expect(verifySealed(mixed, publicKeyOf(ours))).toMatchObject({ status: 'changed' });
});

test('what has no seal is told so', () => {
  expect(verifySealed(Buffer.from(body), null)).toEqual({ status: 'unsealed' });
  expect(verifySealed(Buffer.alloc(0), null)).toEqual({ status: 'unsealed' });
});
