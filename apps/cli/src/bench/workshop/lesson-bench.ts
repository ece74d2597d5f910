import { limitOf } from '../../rehearsal/room/host-load.ts';
import { largest } from '../../rehearsal/room/largest.ts';
import { type LessonPlan, playLesson } from '../../rehearsal/room/lesson-room.ts';
import { faultsOf, type PlayedLesson } from '../../rehearsal/room/played-lesson.ts';
import { say } from '../targets.ts';
import type { Lesson } from './lesson.ts';
import type { WorkshopFigures } from './workshop-targets.ts';

const stepIds = [
  ...['00-quickstart', '01-unshare', '02-namespaces'],
  ...['03-nsenter', '04-nsenter-debug', '05-production'],
];
/** Those in which containers start. */
const rushes = new Set(['03-nsenter', '05-production']);
/** Ten times as fast as the lesson plans for: states stand long enough to be looked at, a second, and no longer. */
const thinkMs = () => 1_500 + Math.random() * 3_000;
/** A larger room is looked for in steps of a quarter of the first, up to so many times as many. */
const grains = 4;
const mostTimes = 5;

/** The largest room that kept to everything, and what the next one ran out of. */
export interface LargestLesson {
  seats: number;
  /** Null: the largest that is tried fits. */
  limit: 'memory' | 'CPU' | null;
  tried: { seats: number; faults: string[]; mebibytesPerLearner: number }[];
}

/** A room through the whole lesson, and how large it may be. */
export async function measureLesson(
  lesson: Lesson,
  seats: number,
  { findsLargest }: { findsLargest: boolean },
): Promise<{ figures: WorkshopFigures; largestLesson?: LargestLesson }> {
  const { lab, labsDir } = lesson;
  const plan: LessonPlan = { lab, labsDir, steps: stepIds.map(lesson.step), rushes, thinkMs };
  const first = await playAndSay(plan, seats);
  const figures = figuresOf(plan, first);
  if (!findsLargest) return { figures };
  return { figures, largestLesson: await findLargest(plan, first) };
}

function figuresOf({ steps }: LessonPlan, played: PlayedLesson): WorkshopFigures {
  const { seats, finished, tally } = played;
  const checks = steps.flatMap(({ checkIds }) => checkIds).length;
  const starts = [...tally.containerStartMs.values()].flat().length;
  const errors = tally.errors + tally.refusedJoins;
  return {
    fullLessonSeats: { measured: finished, n: seats },
    fullLessonErrors: { measured: errors, n: seats },
    containerStartP95Ms: { measured: played.figures.containerStartP95Ms, n: starts },
    lostPasses: { measured: tally.lostPasses, n: seats * checks },
  };
}

async function findLargest(plan: LessonPlan, first: PlayedLesson): Promise<LargestLesson> {
  const played = new Map([[first.seats, first]]);
  const fits = async (seats: number) => {
    const one = played.get(seats) ?? (await playAndSay(plan, seats));
    played.set(seats, one);
    return faultsOf(one).length === 0;
  };
  const seats = await largest(fits, {
    first: first.seats,
    grain: Math.max(1, Math.floor(first.seats / grains)),
    most: first.seats * mostTimes,
  });
  const above = [...played.values()]
    .filter((one) => one.seats > seats)
    .sort((a, b) => a.seats - b.seats)[0];
  return {
    seats,
    limit: above ? limitOf(above.load) : null,
    tried: [...played.values()].map((one) => ({
      seats: one.seats,
      faults: faultsOf(one),
      mebibytesPerLearner: Math.round(one.mebibytesPerLearner * 10) / 10,
    })),
  };
}

async function playAndSay(plan: LessonPlan, seats: number): Promise<PlayedLesson> {
  say(`The whole lesson with ${seats} learners:`);
  const played = await playLesson(plan, seats);
  const faults = faultsOf(played);
  say(`${seats} learners: ${faults.length === 0 ? 'all is kept' : faults.join('; ')}`);
  return played;
}
