import { expect, test } from 'vitest';
import { openBrowser, startServer } from '../../test/running-server.ts';
import { guestBrowser, joinAs, makeWorkshop } from '../../test/workshop.ts';

const codeOf = ({ body }: { body: { error?: { code: string } } }) => body?.error?.code;

test('200 join from one address within a minute, none refused, while a guesser there is slowed', async () => {
  await using server = await startServer();
  const workshop = await makeWorkshop(await server.staff('instructor'), { seats: 200 });
  const begun = performance.now();
  let over = false;
  const guesses = { made: 0, answered: 0 };
  const guesser = await openBrowser(server.url, 'none=0');
  const guessing = (async () => {
    while (!over) {
      const answer = await guesser.call('GET', '/api/join/ZZZ-ZZZ');
      guesses.made += 1;
      if (codeOf(answer) === 'workshop.code-unknown') guesses.answered += 1;
    }
  })();
  const learner = async (n: number) => {
    const browser = await guestBrowser(server.url);
    const info = await browser.call('GET', `/api/join/${workshop.joinCode}`);
    const joined = await joinAs(browser, workshop, `Learner ${n}`);
    const session = await browser.call('GET', '/api/session');
    return [info.status, joined.status, session.status];
  };
  const refused: number[] = [];
  for (let first = 0; first < 200; first += 20) {
    const some = await Promise.all(Array.from({ length: 20 }, (_, n) => learner(first + n)));
    refused.push(...some.flat().filter((status) => status !== 200));
  }
  over = true;
  await guessing;
  expect(refused).toEqual([]);
  const seconds = (performance.now() - begun) / 1000;
  expect(seconds).toBeLessThan(60);
  expect(guesses.made).toBeGreaterThan(guesses.answered);
  expect(guesses.answered).toBeLessThanOrEqual(40 + seconds / 2 + 1);
}, 90_000);

test('a browser that guesses codes is slowed, and the one beside it is not', async () => {
  await using server = await startServer();
  const workshop = await makeWorkshop(await server.staff('instructor'));
  const guesser = await guestBrowser(server.url);
  const answers: (string | undefined)[] = [];
  for (let n = 0; n < 7; n += 1)
    answers.push(codeOf(await guesser.call('GET', `/api/join/ZZZ-ZZ${n}`)));
  expect(answers.filter((code) => code === 'workshop.code-unknown')).toHaveLength(5);
  // Not even a right one tells it anything.
  expect(codeOf(await joinAs(guesser, workshop, 'Aoi'))).toBe('request.rate');
  expect((await joinAs(await guestBrowser(server.url), workshop, 'Ren')).status).toBe(200);
});

test('cookies do not come without end to one address', async () => {
  await using server = await startServer();
  const has = { yes: 0, no: 0 };
  for (let n = 0; n < 420; n += 1) {
    const answer = await fetch(`${server.url}/join`);
    const greeted = answer.headers.getSetCookie().some((one) => one.startsWith('tatami_guest='));
    has[greeted ? 'yes' : 'no'] += 1;
  }
  expect(has.yes).toBeGreaterThanOrEqual(400);
  expect(has.no).toBeGreaterThan(0);
}, 30_000);
