/** A moment as a datetime-local field has it, by this browser's clock and zone. */
export function toLocalField(iso: string): string {
  const at = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  // A field that is given fewer digits is empty; a year has few while it is typed.
  const year = String(at.getFullYear()).padStart(4, '0');
  const day = `${year}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The moment in a datetime-local field; null while the field is empty. */
export function fromLocalField(value: string): string | null {
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** A time of the day as this language writes it, with its month and day unless that is today. */
export function shownTime(
  iso: string,
  language: string,
  more: Intl.DateTimeFormatOptions = {},
): string {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  return at.toLocaleString(language, {
    ...(today ? {} : { month: 'numeric', day: 'numeric' }),
    ...{ hour: '2-digit', minute: '2-digit', ...more },
  });
}

/** `1:05:09` or `5:09` for a time span; none below zero. */
export function shownSpan(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
