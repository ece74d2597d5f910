import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Audit } from './audit.ts';
import { Typing } from './typing.ts';

const ann = 'a'.repeat(32);
const teacher = { id: '1', name: 'Teacher' };
let noted: string[];
let typing: Typing;

beforeEach(() => {
  vi.useFakeTimers();
  noted = [];
  const audit = {
    note: async ({ act }: { act: string }) => void noted.push(act),
    begin: async ({ act }: { act: string }) => {
      noted.push(act);
      return async () => void noted.push('end');
    },
  } as unknown as Audit;
  typing = new Typing({
    ...{ workshopId: 'w', audit, onChange: () => undefined },
    warn: (_, error) => {
      throw error;
    },
  });
});
afterEach(() => vi.useRealTimers());

async function agreed(): Promise<() => void> {
  await typing.ask(ann, teacher, '1');
  await typing.answer(ann, typing.of(ann)?.id ?? 0, true);
  return typing.begin(ann, teacher, '1', () => undefined);
}

test('a consent that nobody uses any more ends, and one that goes on after a cut does not', async () => {
  const giveBack = await agreed();
  giveBack();
  await vi.advanceTimersByTimeAsync(10_000);
  const again = typing.begin(ann, teacher, '1', () => undefined);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(typing.of(ann)?.state).toBe('agreed');
  again();
  await vi.advanceTimersByTimeAsync(16_000);
  expect(typing.of(ann)).toBeNull();
  expect(noted).toEqual(['typing-asked', 'typing', 'end']);
});

test('it ends when the learner has left, not when a page is loaded anew', async () => {
  const closed = vi.fn();
  await agreed();
  typing.begin(ann, teacher, '1', closed);
  typing.attended(ann, false);
  await vi.advanceTimersByTimeAsync(5_000);
  typing.attended(ann, true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(closed).not.toHaveBeenCalled();
  typing.attended(ann, false);
  await vi.advanceTimersByTimeAsync(16_000);
  expect(closed).toHaveBeenCalledOnce();
  expect(() => typing.begin(ann, teacher, '1', closed)).toThrow();
});

test('a consent is for one terminal and one of the staff, and leaves no timer', async () => {
  await agreed();
  expect(() => typing.begin(ann, { id: '2', name: 'Other' }, '1', () => undefined)).toThrow();
  expect(() => typing.begin(ann, teacher, '2', () => undefined)).toThrow();
  await typing.end(ann, { id: '2', name: 'Other' });
  expect(typing.of(ann)?.state).toBe('agreed');
  await typing.close();
  expect(vi.getTimerCount()).toBe(0);
});
