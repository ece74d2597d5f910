/**
 * What a restore moves into its place, as long as that is not done: a folder beside those of server and runner. Neither
 * starts while it is there, for half of what they keep may be of before.
 */
export const unfinishedRestore = 'restore.unfinished';

/** Why a service does not start beside {@link unfinishedRestore}. */
export const whyFinishRestore = (dataDir: string): string =>
  `a restore into ${dataDir} was interrupted: run the same "tatami restore" again, which finishes it`;
