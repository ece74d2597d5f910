/** Day and time as this language writes them, to the minute. */
export const shownDate = (iso: string, language: string): string =>
  new Date(iso).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
