import type { BoardEvent, BoardSeat, LabContent, RoomState } from '@tatami/protocol';

/** A board as it was put together of what the server told. */
export interface BoardNow {
  workshop: { id: string; title: string; labId: string };
  me: string;
  room: RoomState;
  /** In the order of the seats; a seat that is told anew keeps its place. */
  seats: BoardSeat[];
}

/** The board after an event; nothing is told before the first whole one. */
export function boardAfter(board: BoardNow | null, event: BoardEvent): BoardNow | null {
  if (event.type === 'board') {
    const { workshop, me, room, seats } = event;
    return { workshop, me, room, seats };
  }
  if (!board) return null;
  const gone = new Set(event.gone);
  const changed = new Map(event.seats.map((seat) => [seat.id, seat]));
  const seats = board.seats.flatMap((seat) => {
    const next = changed.get(seat.id);
    changed.delete(seat.id);
    if (next) return [next];
    return gone.has(seat.id) ? [] : [seat];
  });
  return { ...board, room: event.room ?? board.room, seats: [...seats, ...changed.values()] };
}

/** Whoever has not got past a reason for as long is stuck; before, they are trying. */
export const stuckAfterMs = 30_000;
/** Of those in the room on one reason, when the staff are to be told. */
export const alertShare = 0.2;
/** One learner is no room: help them, do not stop everybody. */
const leastAlerted = 2;

type Item = LabContent['checklist'][number];
type Step = LabContent['steps'][number];

/** How an item stands for a learner. `trouble`: one of its checks is what they are stuck on. */
export interface Cell {
  state: 'done' | 'assisted' | 'trouble' | 'begun' | 'open';
  passed: number;
  total: number;
}

export const hasPassed = ({ passed }: BoardSeat, checkId: string): boolean =>
  passed.some(([id]) => id === checkId);

export function cellOf({ checks }: Item, seat: BoardSeat): Cell {
  const passed = checks.filter((id) => hasPassed(seat, id)).length;
  const count = { passed, total: checks.length };
  if (passed === checks.length) {
    const isAssisted = checks.some((id) => seat.assisted.includes(id));
    return { state: isAssisted ? 'assisted' : 'done', ...count };
  }
  if (seat.trouble && checks.includes(seat.trouble.checkId)) return { state: 'trouble', ...count };
  return { state: passed > 0 ? 'begun' : 'open', ...count };
}

export const doneItems = (content: LabContent, seat: BoardSeat): number =>
  content.checklist.filter(({ checks }) => checks.every((id) => hasPassed(seat, id))).length;

/** Those who came, and are not gone for good: a page is open, or a machine runs. */
export const inRoom = (seats: BoardSeat[]): BoardSeat[] =>
  seats.filter(({ joined, here, machine }) => joined && (here || machine !== 'none'));

export const isStuck = ({ trouble }: BoardSeat, now: number): boolean =>
  trouble !== null && trouble.status !== 'unavailable' && now - trouble.since >= stuckAfterMs;

/** Where the room is stuck: learners on one reason at one check. */
export interface RoomReason {
  checkId: string;
  reason: string;
  /** What is said to one of them. */
  example: NonNullable<BoardSeat['trouble']>['reason'];
  seats: BoardSeat[];
  /** Of those in the room. */
  share: number;
  /** Since when the first of them has been stuck. */
  since: number;
  alerts: boolean;
}

/** Reasons that learners are stuck on, those of most learners first. */
export function reasonsOf(seats: BoardSeat[], now: number): RoomReason[] {
  const present = inRoom(seats);
  const groups = new Map<string, BoardSeat[]>();
  for (const seat of present) {
    if (!seat.trouble || !isStuck(seat, now)) continue;
    const name = `${seat.trouble.checkId} ${seat.trouble.reason.key}`;
    groups.set(name, [...(groups.get(name) ?? []), seat]);
  }
  const reasons = [...groups.values()].flatMap((stuck) => {
    const [first] = [...stuck].sort((a, b) => sinceOf(a) - sinceOf(b));
    if (!first?.trouble) return [];
    const { checkId, reason, since } = first.trouble;
    const share = stuck.length / present.length;
    const alerts = share >= alertShare && stuck.length >= leastAlerted;
    return [{ checkId, reason: reason.key, example: reason, seats: stuck, share, since, alerts }];
  });
  return reasons.sort((a, b) => b.seats.length - a.seats.length || a.since - b.since);
}

const sinceOf = ({ trouble }: BoardSeat): number => trouble?.since ?? Number.POSITIVE_INFINITY;

/** How long a step takes the room, beside what was planned. Times in minutes; null: of nobody yet. */
export interface StepPlan {
  step: Step;
  planned: number;
  /** Those in it, who have done it, and the middle of what they took. */
  inside: number;
  done: number;
  took: number | null;
  /** Of those who are in it still: the middle of what they have been in it. */
  soFar: number | null;
}

export function planOf(content: LabContent, seats: BoardSeat[], now: number): StepPlan[] {
  return content.steps.map((step) => {
    const took = seats.flatMap((seat) => tookMs(step, seat) ?? []);
    const inside = inRoom(seats).filter(
      (seat) => seat.stepId === step.id && tookMs(step, seat) === null,
    );
    const soFar = inside.flatMap((seat) => {
      const opened = openedAt(step, seat);
      return opened === undefined ? [] : [Math.max(0, now - opened)];
    });
    return {
      ...{ step, planned: step.minutes, inside: inside.length, done: took.length },
      ...{ took: minutes(median(took)), soFar: minutes(median(soFar)) },
    };
  });
}

const openedAt = ({ id }: Step, { opened }: BoardSeat): number | undefined =>
  opened.find(([stepId]) => stepId === id)?.[1];

/** From opening a step to its last check; of one without checks, to opening the next. Null: not done. */
function tookMs(step: Step, seat: BoardSeat): number | null {
  const opened = openedAt(step, seat);
  if (opened === undefined) return null;
  const checks = step.checklist.map(({ checkId }) => checkId);
  const times = seat.passed.flatMap(([checkId, at]) => (checks.includes(checkId) ? [at] : []));
  if (times.length < checks.length) return null;
  if (checks.length > 0) return Math.max(0, Math.max(...times) - opened);
  const later = seat.opened.flatMap(([, at]) => (at > opened ? [at] : []));
  return later.length > 0 ? Math.min(...later) - opened : null;
}

function median(values: number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

const minutes = (ms: number | null): number | null => (ms === null ? null : ms / 60_000);

/** Raised hands, the earliest first: by their numbers, as a clock may jump. */
export const handsOf = (seats: BoardSeat[]): BoardSeat[] =>
  seats.filter(({ hand }) => hand !== null).sort((a, b) => (a.hand?.id ?? 0) - (b.hand?.id ?? 0));

export const sortings = ['seat', 'name', 'progress', 'stuck'] as const;
export type Sorting = (typeof sortings)[number];
export const filters = ['all', 'stuck', 'hand', 'away'] as const;
export type Filter = (typeof filters)[number];

/** The rows that are wanted, in the order that is wanted; ties keep the order of the seats. */
export function rowsOf(
  content: LabContent,
  seats: BoardSeat[],
  wanted: { sorting: Sorting; filter: Filter; text: string },
  now: number,
): BoardSeat[] {
  const { sorting, filter } = wanted;
  const text = wanted.text.normalize('NFKC').trim().toLowerCase();
  const shown = seats.filter((seat) => {
    const names = [seat.name, seat.number].map((one) => (one ?? '').normalize('NFKC'));
    if (text && !names.some((name) => name.toLowerCase().includes(text))) return false;
    if (filter === 'stuck') return isStuck(seat, now);
    if (filter === 'hand') return seat.hand !== null;
    return filter === 'all' || !inRoom([seat]).length;
  });
  const compare: Record<Sorting, (a: BoardSeat, b: BoardSeat) => number> = {
    seat: () => 0,
    name: (a, b) => (a.name ?? '').localeCompare(b.name ?? ''),
    progress: (a, b) => doneItems(content, b) - doneItems(content, a),
    stuck: (a, b) => (sinceOf(a) === sinceOf(b) ? 0 : sinceOf(a) - sinceOf(b)),
  };
  return shown.sort(compare[sorting]);
}
