/** What every program of Tatami ends with; systemd units and scripts rely on these numbers. */
export const exitCodes = { done: 0, failed: 1, cannotRun: 2, noTrustedKey: 3 } as const;

/** For people; docs/configuration.md and `tatami --help` print it. */
export const exitCodeMeanings: Record<keyof typeof exitCodes, string> = {
  done: 'done; a service was asked to stop and did',
  failed:
    'a check, test or target failed; a service cannot start or go on now, and starting it again may help',
  cannotRun:
    'could not run: wrong settings or usage, or the sentence names what is missing; trying again does not help',
  noTrustedKey: 'evidence verify alone: the report is unchanged, but no key to trust was given',
};
