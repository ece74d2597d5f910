import type { KernelEvent } from '@tatami/protocol';
import { expect, test } from 'vitest';
import { EventOrder } from './event-order.ts';

const event = (seq: number) => ({ type: 'fork', seq }) as KernelEvent;
const taken = (order: EventOrder) => order.take().map(({ seq }) => seq);

function orderOf(...seqs: number[]): EventOrder {
  const order = new EventOrder(0);
  for (const seq of seqs) order.add(event(seq));
  return order;
}

test('records that were stored out of order come in order', () => {
  expect(taken(orderOf(0, 2, 1, 3))).toEqual([0, 1, 2, 3]);
});

test('a gap is waited for until its records come', () => {
  const order = orderOf(0, 2, 3);
  expect(taken(order)).toEqual([0]);
  order.add(event(1));
  expect(taken(order)).toEqual([1, 2, 3]);
});

test('a gap that was counted as lost is not waited for', () => {
  const order = orderOf(0, 3, 4);
  expect(order.lost(2)).toBe(2);
  expect(taken(order)).toEqual([0, 3, 4]);
  expect(order.lost(2)).toBe(0);
  order.add(event(6));
  expect(taken(order)).toEqual([]);
  expect(order.lost(3)).toBe(1);
  expect(taken(order)).toEqual([6]);
});

test('a loss behind the last record is known before another comes', () => {
  const order = orderOf(0);
  expect(taken(order)).toEqual([0]);
  expect(order.lost(5)).toBe(5);
  order.add(event(6));
  expect(taken(order)).toEqual([6]);
  expect(order.next).toBe(7);
});

test('a record whose number was given up does not come after all', () => {
  const order = orderOf(0, 2);
  order.lost(1);
  expect(taken(order)).toEqual([0, 2]);
  order.add(event(1));
  order.add(event(3));
  expect(taken(order)).toEqual([3]);
});

test('what nobody explains is given up at the second beat', () => {
  const order = orderOf(0, 3, 4);
  expect(taken(order)).toEqual([0]);
  expect(order.beat()).toEqual({ lost: 0, events: [] });
  expect(order.beat()).toMatchObject({ lost: 2, events: [{ seq: 3 }, { seq: 4 }] });
  order.add(event(5));
  expect(taken(order)).toEqual([5]);
});

test('numbers go on where an event program before had ended', () => {
  const order = new EventOrder(10);
  order.add(event(0));
  expect(taken(order)).toEqual([10]);
});
