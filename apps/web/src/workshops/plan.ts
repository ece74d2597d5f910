import type { Language, WorkshopPlan } from '@tatami/protocol';

/** Each in itself. */
export const languageNames: Record<Language, string> = {
  'zh-CN': '简体中文',
  ja: '日本語',
  en: 'English',
};

const minuteMs = 60_000;
/** Until then the page can be looked at, and the code written on a board. */
const leastMs = 5 * minuteMs;

/** What an instructor most often wants: today, for two hours, all allowed. */
export function usualPlan(
  labId: string,
  language: WorkshopPlan['language'],
  now: number,
): WorkshopPlan {
  // At a full quarter of an hour.
  const opens = Math.ceil((now + leastMs) / (15 * minuteMs)) * 15 * minuteMs;
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
