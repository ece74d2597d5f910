import { Session, Workshop } from '@tatami/protocol';
import { openBrowser, type TestBrowser } from './running-server.ts';

const minuteMs = 60_000;
export const fromNow = (minutes: number): string =>
  new Date(Date.now() + minutes * minuteMs).toISOString();

/** A plan of a workshop that began ten minutes ago and goes on for an hour. */
export const plan = (overrides: Record<string, unknown> = {}) => ({
  title: 'Namespaces, Tuesday',
  labId: '01-echo',
  language: 'en',
  seats: 10,
  opensAt: fromNow(-10),
  closesAt: fromNow(60),
  allowed: { hints: true, solve: true, skip: true },
  joining: 'name',
  weights: null,
  recordingsDays: 30,
  marksDays: 365,
  ...overrides,
});

export async function makeWorkshop(
  staff: TestBrowser,
  overrides: Record<string, unknown> = {},
): Promise<Workshop> {
  const { status, body } = await staff.call('POST', '/api/workshops', plan(overrides));
  if (status !== 201) throw new Error(`the workshop was refused: ${JSON.stringify(body)}`);
  return Workshop.parse(body);
}

/** A browser that has opened the page to join and nothing else. */
export async function guestBrowser(url: string): Promise<TestBrowser> {
  const browser = await openBrowser(url, 'none=0');
  await browser.call('GET', '/join');
  return browser;
}

/** What the browser is answered that joins by a name. */
export const joinAs = (
  browser: TestBrowser,
  { joinCode }: Pick<Workshop, 'joinCode'>,
  name: string,
  number: string | null = null,
) => browser.call('POST', `/api/join/${joinCode}`, { by: 'name', name, number, language: 'en' });

/** A learner's browser with a seat. */
export async function seated(
  url: string,
  workshop: Workshop,
  name: string,
): Promise<{ browser: TestBrowser; session: Session }> {
  const browser = await guestBrowser(url);
  const { status, body } = await joinAs(browser, workshop, name);
  if (status !== 200) throw new Error(`the seat was refused: ${JSON.stringify(body)}`);
  return { browser, session: Session.parse(body) };
}
