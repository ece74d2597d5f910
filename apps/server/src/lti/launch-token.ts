import { AppError, LabId } from '@tatami/protocol';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Platform } from './platforms.ts';

/** https://www.imsglobal.org/spec/lti/v1p3#required-message-claims and those of grades (lti-ags/v2p0). */
const claim = <Name extends string>(name: Name) =>
  `https://purl.imsglobal.org/spec/lti/claim/${name}` as const;
const names = {
  version: claim('version'),
  type: claim('message_type'),
  deployment: claim('deployment_id'),
  target: claim('target_link_uri'),
  link: claim('resource_link'),
  roles: claim('roles'),
  custom: claim('custom'),
  presentation: claim('launch_presentation'),
  grades: 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint',
} as const;
export const scoreScope = 'https://purl.imsglobal.org/spec/lti-ags/scope/score';
const learnerRole = /membership#Learner$|^Learner$/;

/** Clocks of platforms are not ours. */
const clockToleranceS = 60;
const oldestTokenS = 3600;
const keysTimeoutMs = 5_000;

const short = z.string().min(1).max(255);
const Claims = z.object({
  nonce: short,
  sub: short,
  azp: z.string().optional(),
  name: z.string().max(500).optional(),
  [names.version]: z.literal('1.3.0'),
  [names.type]: z.literal('LtiResourceLinkRequest'),
  [names.deployment]: short,
  [names.target]: z.string().max(2000),
  [names.link]: z.object({ id: short }),
  [names.roles]: z.array(z.string()).max(100),
  [names.custom]: z.record(z.string(), z.unknown()).optional(),
  [names.presentation]: z.object({ locale: z.string().max(50).optional() }).optional(),
  [names.grades]: z
    .object({
      scope: z.array(z.string()).max(20),
      lineitem: z
        .url({ protocol: /^https?$/ })
        .max(2000)
        .optional(),
    })
    .optional(),
});

/** What a platform says about somebody whom it sends here. */
export interface LaunchToken {
  nonce: string;
  subject: string;
  /** For their own eyes; not kept. */
  name: string | undefined;
  locale: string | undefined;
  labId: string;
  /** Where their grade goes; null: nowhere. */
  lineItem: string | null;
}

type Keys = ReturnType<typeof createRemoteJWKSet>;

/** Reads the tokens of platforms, whose public keys it fetches and keeps. */
export class LaunchTokens {
  readonly #keys = new Map<string, Keys>();

  /** @throws `lti.token` when it cannot be believed, `lti.message` when it asks for what is not offered. */
  async read(token: string, platform: Platform): Promise<LaunchToken> {
    const payload = await this.#verified(token, platform);
    const claims = Claims.safeParse(payload);
    if (!claims.success) throw new AppError('lti.message', { cause: claims.error });
    const { data } = claims;
    if (Array.isArray(payload.aud) && payload.aud.length > 1 && data.azp !== platform.clientId)
      throw new AppError('lti.token');
    if (data.azp !== undefined && data.azp !== platform.clientId) throw new AppError('lti.token');
    if (!platform.deployments.includes(data[names.deployment])) throw new AppError('lti.token');
    const grades = data[names.grades];
    const isGraded =
      grades?.scope.includes(scoreScope) && data[names.roles].some((one) => learnerRole.test(one));
    return {
      ...{ nonce: data.nonce, subject: data.sub, name: data.name },
      locale: data[names.presentation]?.locale,
      labId: labOf(data[names.custom]?.lab, data[names.target]),
      lineItem: (isGraded && grades?.lineitem) || null,
    };
  }

  async #verified(token: string, platform: Platform): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.#keysOf(platform), {
        ...{ issuer: platform.issuer, audience: platform.clientId, algorithms: ['RS256'] },
        ...{ clockTolerance: clockToleranceS, maxTokenAge: oldestTokenS },
        requiredClaims: ['exp', 'iat', 'nonce'],
      });
      return payload;
    } catch (cause) {
      if (cause instanceof errors.JOSEError || cause instanceof TypeError)
        throw new AppError('lti.token', { cause });
      throw cause;
    }
  }

  #keysOf({ keysUrl }: Platform): Keys {
    const keys =
      this.#keys.get(keysUrl) ??
      createRemoteJWKSet(new URL(keysUrl), { timeoutDuration: keysTimeoutMs });
    this.#keys.set(keysUrl, keys);
    return keys;
  }
}

/** The lesson: the custom parameter `lab`, or the address that the link leads to. @throws `lti.message`. */
function labOf(custom: unknown, target: string): string {
  const named = custom ?? /\/labs\/([^/?#]+)/.exec(target)?.[1];
  const lab = LabId.safeParse(named);
  if (!lab.success) throw new AppError('lti.message');
  return lab.data;
}
