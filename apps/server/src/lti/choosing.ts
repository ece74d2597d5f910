import { randomBytes } from 'node:crypto';
import type { Lab } from '@tatami/lab-format/loader';
import type { Language, Workshop } from '@tatami/protocol';
import { SignJWT } from 'jose';
import { schemeOf } from '../marks/scheme.ts';
import { type ChoosingToken, claims } from './launch-token.ts';
import type { Platform } from './platforms.ts';
import type { ToolKey } from './tool-key.ts';

/** As long somebody may look at the list before they choose. */
const answerLifetimeS = 3600;

/** A link that a course may get. */
export interface Choice {
  title: string;
  url: string;
  /** Points of its column in the grade book; null: it has none. */
  points: number | null;
}

/** A question of a platform which link a course should get. */
export type Question = ChoosingToken & { platform: Platform; lang: Language };

export function lessonChoice(lab: Lab, lang: Language, origin: string): Choice {
  const points = schemeOf(lab, null).items.reduce((sum, item) => sum + item.points, 0);
  return { title: lab.card(lang).title, url: `${origin}/labs/${lab.id}`, points };
}

/** A workshop is joined as ever: by its code, with a name, after it was said what is recorded. */
export const workshopChoice = ({ title, joinCode }: Workshop, origin: string): Choice => ({
  ...{ title, url: `${origin}/join/${joinCode}`, points: null },
});

/** What is sent back to the platform when this is chosen (https://www.imsglobal.org/spec/lti-dl/v2p0#deep-linking-response-message). */
export function signedAnswer(
  { platform, deployment, data, isGraded }: Question,
  { title, url, points }: Choice,
  { id, key }: ToolKey,
): Promise<string> {
  const lineItem = { scoreMaximum: points, label: title };
  const item = { type: 'ltiResourceLink', title, url };
  return new SignJWT({
    nonce: randomBytes(16).toString('hex'),
    [claims.version]: '1.3.0',
    [claims.type]: 'LtiDeepLinkingResponse',
    [claims.deployment]: deployment,
    [claims.chosen]: [points !== null && isGraded ? { ...item, lineItem } : item],
    ...(data === undefined ? {} : { [claims.data]: data }),
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: id })
    .setIssuer(platform.clientId)
    .setAudience(platform.issuer)
    .setIssuedAt()
    .setExpirationTime(`${answerLifetimeS}s`)
    .sign(key);
}
