import { installDebianPackages, requireRoot, runtimePackages } from '../../prepare/debian.ts';
import { UserError } from '../../user-error.ts';
import { chooseTargets, judge, report } from '../targets.ts';
import { readLesson } from './lesson.ts';
import { measureLesson } from './lesson-bench.ts';
import { measureRoom } from './room-bench.ts';
import { type WorkshopFigures, type WorkshopTarget, workshopTargets } from './workshop-targets.ts';

const roomTargets: WorkshopTarget[] = [
  ...(['seats', 'errors', 'refusedJoins', 'joinToPromptP95Ms', 'keystrokeP95Ms'] as const),
  ...(['boardDelayP95Ms', 'boardCpuCores', 'hostMiBPerLearner', 'lostPasses'] as const),
];
const lessonTargets: WorkshopTarget[] = [
  ...(['fullLessonSeats', 'fullLessonErrors', 'containerStartP95Ms', 'lostPasses'] as const),
];

export interface WorkshopBenchOptions {
  json?: boolean;
  only?: string;
  seats: number;
  lessonSeats: number;
  /** Whether larger full-lesson rooms are tried. */
  largest: boolean;
}

/**
 * Measures a workshop of 200, and a whole lesson of 40.
 * @returns the exit code: 0 when every target is met, else 1. @throws UserError when it could not run.
 */
export async function workshopBench(options: WorkshopBenchOptions): Promise<number> {
  requireRoot();
  const chosen = chooseTargets(workshopTargets, options.only);
  const { figures, more } = await measure(chosen, options).catch((cause: Error) => {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`the bench could not run: ${cause.message}`, { cause });
  });
  const rules = Object.fromEntries(chosen.map((name) => [name, workshopTargets[name]]));
  return report(judge(rules, figures as Required<WorkshopFigures>), {
    json: options.json ?? false,
    more,
  });
}

async function measure(chosen: WorkshopTarget[], options: WorkshopBenchOptions) {
  const asks = (targets: WorkshopTarget[]) => targets.some((name) => chosen.includes(name));
  await installDebianPackages(runtimePackages);
  const lesson = await readLesson();
  const room = asks(roomTargets) ? await measureRoom(lesson, options.seats) : {};
  if (!asks(lessonTargets)) return { figures: room, more: {} };
  const { figures, largestLesson } = await measureLesson(lesson, options.lessonSeats, {
    findsLargest: options.largest && chosen.includes('fullLessonSeats'),
  });
  const lostPasses = {
    measured: (room.lostPasses?.measured ?? 0) + (figures.lostPasses?.measured ?? 0),
    n: (room.lostPasses?.n ?? 0) + (figures.lostPasses?.n ?? 0),
  };
  return {
    figures: { ...room, ...figures, lostPasses },
    more: largestLesson ? { largestLesson } : {},
  };
}
