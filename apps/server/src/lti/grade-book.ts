import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { scoreScope } from './launch-token.ts';
import type { Platform } from './platforms.ts';
import type { ToolKey } from './tool-key.ts';

const timeoutMs = 10_000;
const mostAnswerBytes = 64 * 1024;
const assertionLifetimeS = 60;
/** A token is not used in its last seconds. */
const tokenMarginMs = 30_000;

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().default(3600),
});

/** A cell of a grade book and what is to stand in it (https://www.imsglobal.org/spec/lti-ags/v2p0#score-publish-service). */
export interface Score {
  lineItem: string;
  subject: string;
  given: number;
  maximum: number;
  timestamp: string;
}

/** What became of telling a score. */
export type Told =
  | { status: 'accepted' }
  /** The platform has one with a later timestamp; `date` is what its clock says, if it does. */
  | { status: 'conflict'; date: number | null }
  /** It will not take it like this. */
  | { status: 'refused'; trouble: string }
  /** It is down, busy, or does not believe us now. */
  | { status: 'later'; trouble: string; retryAfterMs: number | null };

interface Answer {
  code: number;
  text: string;
  header: (name: string) => string | undefined;
}

/** Writes into the grade books of platforms. */
export class GradeBook {
  readonly #key: ToolKey;
  readonly #agent = new Agent({
    connect: { timeout: timeoutMs },
    ...{ headersTimeout: timeoutMs, bodyTimeout: timeoutMs, maxResponseSize: mostAnswerBytes },
  });
  readonly #tokens = new Map<string, { token: string; untilMs: number }>();

  constructor(key: ToolKey) {
    this.#key = key;
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async tell(platform: Platform, score: Score): Promise<Told> {
    try {
      const first = await this.#post(platform, score);
      // A token that was taken back before its time.
      if (first.code !== 401) return toldBy(first);
      this.#tokens.delete(platform.id);
      return toldBy(await this.#post(platform, score));
    } catch (error) {
      const retryAfterMs = error instanceof Refusal ? error.retryAfterMs : null;
      return { status: 'later', trouble: troubleOf(error), retryAfterMs };
    }
  }

  async #post(platform: Platform, score: Score): Promise<Answer> {
    return ask(this.#agent, scoresUrl(score.lineItem), {
      headers: {
        authorization: `Bearer ${await this.#token(platform)}`,
        'content-type': 'application/vnd.ims.lis.v1.score+json',
      },
      body: JSON.stringify({
        userId: score.subject,
        ...{ scoreGiven: score.given, scoreMaximum: score.maximum, timestamp: score.timestamp },
        activityProgress: score.given >= score.maximum ? 'Completed' : 'InProgress',
        // Of anything else Moodle and Canvas drop the points: what is earned so far counts.
        gradingProgress: 'FullyGraded',
      }),
    });
  }

  /** Client credentials with a signed assertion (1EdTech security framework 1.0, 4.1). @throws {@link Refusal}. */
  async #token(platform: Platform): Promise<string> {
    const held = this.#tokens.get(platform.id);
    if (held && held.untilMs > performance.now()) return held.token;
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: this.#key.id })
      .setIssuer(platform.clientId)
      .setSubject(platform.clientId)
      .setAudience(platform.tokenUrl)
      .setJti(randomBytes(16).toString('hex'))
      .setIssuedAt()
      .setExpirationTime(`${assertionLifetimeS}s`)
      .sign(this.#key.key);
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      ...{ client_assertion: assertion, scope: scoreScope },
    });
    const answer = await ask(this.#agent, platform.tokenUrl, {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    if (answer.code !== 200) throw new Refusal(answer);
    const { access_token: token, expires_in } = TokenAnswer.parse(JSON.parse(answer.text));
    const untilMs = performance.now() + expires_in * 1000 - tokenMarginMs;
    this.#tokens.set(platform.id, { token, untilMs });
    return token;
  }
}

/** The platform gives no token. */
class Refusal extends Error {
  readonly retryAfterMs: number | null;
  constructor({ code, header }: Answer) {
    super(`token ${code}`);
    this.retryAfterMs = waitIn(header('retry-after'));
  }
}

/** `scores` belongs behind the line item's path: its query, which Moodle needs, stays. */
export function scoresUrl(lineItem: string): string {
  const url = new URL(lineItem);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/scores`;
  return url.href;
}

async function ask(
  dispatcher: Agent,
  url: string,
  { headers, body }: { headers: Record<string, string>; body: string },
): Promise<Answer> {
  const answer = await request(url, { dispatcher, method: 'POST', headers, body });
  const header = (name: string) => [answer.headers[name]].flat()[0];
  return { code: answer.statusCode, text: await answer.body.text(), header };
}

function toldBy({ code, header }: Answer): Told {
  if (code >= 200 && code < 300) return { status: 'accepted' };
  if (code === 409) return { status: 'conflict', date: timeIn(header('date')) };
  const trouble = String(code);
  const mayChange = code >= 500 || [401, 408, 425, 429].includes(code);
  if (!mayChange) return { status: 'refused', trouble };
  return { status: 'later', trouble, retryAfterMs: waitIn(header('retry-after')) };
}

const timeIn = (text: string | undefined): number | null => {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : at;
};

/** Seconds, or a date (RFC 9110, 10.2.3). */
function waitIn(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = timeIn(text);
  return at === null ? null : Math.max(0, at - Date.now());
}

/** A word for the operator; no address, no name of anybody. */
function troubleOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  return String((error as { code?: unknown }).code ?? (error as Error).name).slice(0, 60);
}
