import { MapEvent } from '@tatami/protocol';
import { describe, expect, test } from 'vitest';
import { other, view } from '../../../../packages/checks/test/view.ts';
import { MapFeed } from './map-feed.ts';

/** A feed that is shown another process at each look. */
function busy() {
  const feed = new MapFeed();
  let pid = 1100;
  const look = (at: number, mustKeep = false) =>
    feed.look(
      {
        snapshot: { ...view([other(pid++)]), at },
        ...{ terminals: [], lineOf: () => null },
      },
      mustKeep,
    );
  return { feed, look };
}

function follow(feed: MapFeed) {
  const events: MapEvent[] = [];
  const map = feed.follow((json) => events.push(MapEvent.parse(JSON.parse(json))));
  return { ...map, events };
}

/** Most of these times that any second holds. */
const mostInASecond = (times: number[]): number =>
  Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length));

describe('the map of a machine', () => {
  test('M5: five pictures in any second at most, and what a check passes on besides', () => {
    const { feed, look } = busy();
    const { events } = follow(feed);
    const kept: number[] = [];
    for (let at = 1000; at < 11_000; at += 37) if (look(at)) kept.push(at);
    expect(mostInASecond(kept)).toBe(5);
    expect(kept.length).toBeGreaterThan(45);
    expect(events).toHaveLength(kept.length);
    const [last = 0] = kept.slice(-1);
    expect(look(last + 1)).toBe(false);
    expect(look(last + 2, true)).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: 'change', change: { at: last + 2 } });
  });

  test('keeps one in three seconds while nobody follows, and goes on when the clock is set back', () => {
    const { feed, look } = busy();
    expect([1000, 2500, 3999, 4000].map((at) => look(at))).toEqual([true, false, false, true]);
    expect(look(500)).toBe(true);
    expect(follow(feed).events).toMatchObject([{ type: 'past', changes: [{}, {}] }]);
  });

  test('M1, M2: tells whoever comes what was, then what comes, one picture after another', () => {
    const { feed, look } = busy();
    for (const at of [1000, 4000, 7000]) look(at);
    const { events, stop } = follow(feed);
    look(8000);
    stop();
    look(11_000);
    expect(events).toMatchObject([
      { type: 'past', picture: { seq: 0, at: 1000 }, changes: [{ seq: 1 }, { seq: 2 }] },
      { type: 'change', change: { seq: 3, at: 8000 } },
    ]);
    expect(feed.isFollowed).toBe(false);
  });

  test('M3, M4: says once that nobody can look, also to who comes then, and what is so after', () => {
    const { feed, look } = busy();
    const nobodyYet = follow(feed);
    feed.blind();
    expect(nobodyYet.events).toMatchObject([{ type: 'stale' }]);
    look(1000);
    expect(nobodyYet.events.slice(1)).toMatchObject([{ type: 'past', picture: { at: 1000 } }]);
    look(3000);
    feed.blind();
    feed.blind();
    const late = follow(feed);
    const stale = { type: 'stale', since: 3000 };
    expect(nobodyYet.events.slice(3)).toEqual([stale]);
    expect(late.events).toMatchObject([{ type: 'past' }, stale]);
    expect(late.now().map((json) => JSON.parse(json).type)).toEqual(['past', 'stale']);
    look(3001);
    expect(late.events.at(-1)).toMatchObject({ type: 'past', picture: { seq: 2 }, changes: [] });
    look(4000);
    expect(late.events.at(-1)).toMatchObject({ type: 'change', change: { seq: 3 } });
  });
});
