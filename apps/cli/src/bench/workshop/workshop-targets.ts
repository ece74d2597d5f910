import { roomLimits } from '../../rehearsal/room/played-lesson.ts';
import type { Figure, Rule } from '../targets.ts';

const atMostMs = (limit: number) => ({ op: '<=', limit, unit: 'ms' }) as const;

/** What `bench workshop` holds a room to; docs/benches.md says how each is measured. */
export const workshopTargets = {
  seats: { op: '=', limit: 200, unit: 'count' },
  errors: { op: '=', limit: 0, unit: 'count' },
  refusedJoins: { op: '=', limit: 0, unit: 'count' },
  joinToPromptP95Ms: atMostMs(roomLimits.joinToPromptP95Ms),
  keystrokeP95Ms: atMostMs(roomLimits.keystrokeP95Ms),
  boardDelayP95Ms: atMostMs(roomLimits.boardDelayP95Ms),
  boardCpuCores: { op: '<=', limit: 0.2, unit: 'cores' },
  hostMiBPerLearner: { op: '<=', limit: 20, unit: 'MiB' },
  fullLessonSeats: { op: '=', limit: 40, unit: 'count' },
  fullLessonErrors: { op: '=', limit: 0, unit: 'count' },
  containerStartP95Ms: atMostMs(roomLimits.containerStartP95Ms),
  lostPasses: { op: '=', limit: 0, unit: 'count' },
} as const satisfies Record<string, Rule>;

export type WorkshopTarget = keyof typeof workshopTargets;
export type WorkshopFigures = Partial<Record<WorkshopTarget, Figure>>;
