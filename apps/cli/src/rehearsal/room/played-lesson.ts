import type { HostLoad } from './host-load.ts';
import type { Tally } from './tally.ts';

/** What a room keeps to, whatever its size. */
export const roomLimits = {
  joinToPromptP95Ms: 3_000,
  keystrokeP95Ms: 100,
  boardDelayP95Ms: 1_000,
  containerStartP95Ms: 5_000,
} as const;
type Limited = keyof typeof roomLimits;

/** A room that worked through a lesson. */
export interface PlayedLesson {
  seats: number;
  /** Those who did all of it. */
  finished: number;
  tally: Tally;
  figures: Record<Limited, number>;
  load: HostLoad;
  mebibytesPerLearner: number;
}

/** Everything of a played room that is not as it must be, in words. */
export function faultsOf({ seats, finished, tally, figures }: PlayedLesson): string[] {
  const counts = {
    errors: tally.errors,
    refusedJoins: tally.refusedJoins,
    lostPasses: tally.lostPasses,
  };
  const limited = Object.entries(roomLimits) as [Limited, number][];
  return [
    ...(finished < seats ? [`${finished} of ${seats} came to the end`] : []),
    ...Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${name} ${count}`] : [])),
    ...limited.flatMap(([name, limit]) =>
      figures[name] <= limit ? [] : [`${name} ${figures[name].toFixed(0)}, limit ${limit}`],
    ),
  ];
}
