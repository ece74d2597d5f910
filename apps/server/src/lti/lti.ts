import type { Store } from '../store/database.ts';
import { GradeBook } from './grade-book.ts';
import { LaunchTokens } from './launch-token.ts';
import { Passback } from './passback.ts';
import { Platforms } from './platforms.ts';
import { ScoreStore } from './score-store.ts';
import { type ToolKey, toolKey } from './tool-key.ts';

/** All that speaks with learning platforms. */
export interface Lti {
  platforms: Platforms;
  scores: ScoreStore;
  tokens: LaunchTokens;
  toolKey: ToolKey;
  passback: Passback;
}

export async function openLti({
  store,
  dataDir,
  pointsOf,
  warn,
}: {
  store: Store;
  dataDir: string;
  pointsOf: ConstructorParameters<typeof Passback>[0]['pointsOf'];
  warn: (message: string, error: unknown) => void;
}): Promise<Lti> {
  const key = await toolKey(dataDir);
  const platforms = new Platforms(store);
  const scores = new ScoreStore(store);
  const gradeBook = new GradeBook(key);
  const passback = new Passback({ platforms, scores, gradeBook, pointsOf, warn });
  return { platforms, scores, tokens: new LaunchTokens(), toolKey: key, passback };
}
