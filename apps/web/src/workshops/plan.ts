import type { WorkshopPlan } from '@tatami/protocol';

const minuteMs = 60_000;

/** What an instructor most often wants: today, for two hours, all allowed. */
export function usualPlan(
  labId: string,
  language: WorkshopPlan['language'],
  now: number,
): WorkshopPlan {
  // To the next full quarter of an hour.
  const opens = Math.ceil(now / (15 * minuteMs)) * 15 * minuteMs;
  return {
    title: '',
    labId,
    language,
    seats: 30,
    opensAt: new Date(opens).toISOString(),
    closesAt: new Date(opens + 120 * minuteMs).toISOString(),
    allowed: { hints: true, solve: true, skip: true },
    joining: 'name',
    weights: null,
    recordingsDays: 30,
    marksDays: 365,
  };
}
