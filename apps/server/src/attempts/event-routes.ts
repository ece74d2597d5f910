import { AppError, LabId, type LearnerEvent } from '@tatami/protocol';
import type { LearnerStreams } from '../streams/learner-streams.ts';
import type { Attempts } from './attempts.ts';

/** A browser that reads nothing is let go before its events fill our memory. */
const maxUnsentBytes = 1024 * 1024;

/** The events of a learner's own attempt, for each of their browsers. */
export function eventRoutes(streams: LearnerStreams, attempts: Attempts): void {
  streams.route('/api/labs/:lab/events', async (browser, { params }, learner) => {
    const lab = LabId.safeParse((params as { lab?: unknown }).lab);
    if (!lab.success) throw new AppError('lab.unknown');
    const send = (event: LearnerEvent) => {
      if (browser.unsentBytes > maxUnsentBytes) browser.terminate();
      else browser.send(JSON.stringify(event), false);
    };
    const stop = await attempts.subscribe({ learnerId: learner.id, labId: lab.data }, send);
    if (browser.isOpen) browser.on('close', stop);
    else stop();
  });
}
