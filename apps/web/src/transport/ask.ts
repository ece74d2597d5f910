/** `fetch` to this origin; an answer that is no success is thrown as {@link Refused}. */
export type Ask = (path: string, init: RequestInit) => Promise<Response>;

/** An answer other than a success. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`refused with ${status}`);
    this.status = status;
  }
}

const delaysMs = [100, 500, 2000];
/** What a proxy says when it did not reach the server, or lost it. */
const passing = new Set([408, 502, 503, 504]);

/** `Ask` over a `fetch`. */
export const askOf =
  (fetchIt: typeof fetch, origin: string): Ask =>
  async (path, init) => {
    const answer = await fetchIt(origin + path, init);
    if (!answer.ok) throw new Refused(answer.status);
    return answer;
  };

/** Asks what may be asked twice, again after what may pass while `wanted`. @throws what the last one failed with. */
export async function askAgain(
  ask: () => Promise<Response>,
  wanted: () => boolean,
): Promise<Response> {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      const delayMs = delaysMs[tries];
      const lost = !(error instanceof Refused) || passing.has(error.status);
      if (!lost || delayMs === undefined) throw error;
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (!wanted()) throw error;
    }
  }
}
