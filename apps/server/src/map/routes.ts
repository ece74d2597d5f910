import { AppError, LabId } from '@tatami/protocol';
import type { Attempts } from '../attempts/attempts.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import type { LearnerStreams } from '../streams/learner-streams.ts';
import { MapLink } from './map-link.ts';

/** A few browsers, each with a lab and a projector's page. Whoever comes is told a past of a megabyte. */
const bounds = { most: 8, restMs: 2_000 };

/** The map of the learner's own machine, for each of their browsers. */
export function mapRoutes(
  streams: LearnerStreams,
  { attempts, runner }: { attempts: Attempts; runner: RunnerClient },
): void {
  streams.route(
    '/api/labs/:lab/map',
    async (browser, { params }, learner) => {
      const lab = LabId.safeParse((params as { lab?: unknown }).lab);
      if (!lab.success) throw new AppError('lab.unknown');
      const sandboxId = await attempts.sandboxId({ learnerId: learner.id, labId: lab.data });
      if (!browser.isOpen) return;
      const link = new MapLink(browser, () => runner.map(sandboxId));
      browser.on('close', () => link.close());
    },
    { bounds },
  );
}
