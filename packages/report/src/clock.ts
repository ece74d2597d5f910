import type { IncidentDraft } from '@tatami/protocol';

/** A moment as the report writes it, in its time zone: `2026-01-02 03:04:05`. */
export function timeText(at: string, { zone }: Pick<IncidentDraft, 'zone'>): string {
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return parts.format(new Date(at));
}

/** A time zone with its distance from UTC at a moment: `Asia/Tokyo (UTC+09:00)`. */
export function zoneText(at: string, { zone }: Pick<IncidentDraft, 'zone'>): string {
  const offset = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(new Date(at))
    .find(({ type }) => type === 'timeZoneName')?.value;
  const from = offset?.replace('GMT', 'UTC') ?? 'UTC';
  return zone === 'UTC' ? zone : `${zone} (${from})`;
}
