import { randomBytes } from 'node:crypto';
import { Workshop } from '@tatami/protocol';
import { setupLink } from '../../start/setup-link.ts';
import { Browser } from './browser.ts';

const hourMs = 3_600_000;

/** Whoever runs the workshop: the first account of a Tatami that is new. */
export async function firstInstructor(url: string, dataDir: string): Promise<Browser> {
  const link = await setupLink(dataDir, url);
  const token = link === null ? '' : new URL(link).hash.slice(1);
  const browser = new Browser(url);
  const password = randomBytes(12).toString('hex');
  await browser.call('POST', '/api/invitations/accepted', { token, name: 'Instructor', password });
  return browser;
}

/** A workshop that is open, with so many seats. */
export async function openWorkshop(
  instructor: Browser,
  { labId, seats }: { labId: string; seats: number },
): Promise<Workshop> {
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  const plan = {
    ...{ title: 'Rehearsal', labId, language: 'en', seats, joining: 'name', weights: null },
    ...{ opensAt: at(-hourMs), closesAt: at(4 * hourMs) },
    allowed: { hints: true, solve: true, skip: true },
    ...{ recordingsDays: 1, marksDays: 1 },
  };
  return Workshop.parse(await instructor.call('POST', '/api/workshops', plan));
}
