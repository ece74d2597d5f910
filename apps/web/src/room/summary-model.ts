import type { RoomSummary } from '@tatami/protocol';

/** Rows that a printed page holds, explanations included. */
export const mostRows = 12;

/** What fits on one page, and the rest in a sum. */
export interface SummaryPage {
  rows: RoomSummary;
  more: { count: number; lostMs: number } | null;
  lostMs: number;
}

export function onePage(summary: RoomSummary): SummaryPage {
  const lost = (some: RoomSummary) => some.reduce((sum, { lostMs }) => sum + lostMs, 0);
  const rest = summary.slice(mostRows);
  return {
    rows: summary.slice(0, mostRows),
    more: rest.length > 0 ? { count: rest.length, lostMs: lost(rest) } : null,
    lostMs: lost(summary),
  };
}
