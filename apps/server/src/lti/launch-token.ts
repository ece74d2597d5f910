import { AppError, LabId } from '@tatami/protocol';
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Platform } from './platforms.ts';

/** https://www.imsglobal.org/spec/lti/v1p3#required-message-claims, those of grades (lti-ags/v2p0), of choosing (lti-dl/v2p0). */
const claim = <Name extends string>(name: Name) =>
  `https://purl.imsglobal.org/spec/lti/claim/${name}` as const;
export const claims = {
  version: claim('version'),
  type: claim('message_type'),
  deployment: claim('deployment_id'),
  target: claim('target_link_uri'),
  link: claim('resource_link'),
  roles: claim('roles'),
  custom: claim('custom'),
  presentation: claim('launch_presentation'),
  grades: 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint',
  choosing: 'https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings',
  chosen: 'https://purl.imsglobal.org/spec/lti-dl/claim/content_items',
  data: 'https://purl.imsglobal.org/spec/lti-dl/claim/data',
} as const;
export const scoreScope = 'https://purl.imsglobal.org/spec/lti-ags/scope/score';
const learnerRole = /membership#Learner$|^Learner$/;

/** Clocks of platforms are not ours. */
const clockToleranceS = 60;
const oldestTokenS = 3600;
const keysTimeoutMs = 5_000;

const short = z.string().min(1).max(255);
const Said = z.object({
  nonce: short,
  sub: short,
  azp: z.string().optional(),
  name: z.string().max(500).optional(),
  [claims.version]: z.literal('1.3.0'),
  [claims.deployment]: short,
  [claims.presentation]: z.object({ locale: z.string().max(50).optional() }).optional(),
});
const LinkClaims = Said.extend({
  [claims.type]: z.literal('LtiResourceLinkRequest'),
  [claims.target]: z.string().max(2000),
  [claims.link]: z.object({ id: short }),
  [claims.roles]: z.array(z.string()).max(100),
  [claims.custom]: z.record(z.string(), z.unknown()).optional(),
  [claims.grades]: z
    .object({
      scope: z.array(z.string()).max(20),
      lineitem: z
        .url({ protocol: /^https?$/ })
        .max(2000)
        .optional(),
    })
    .optional(),
});
const ChoosingClaims = Said.extend({
  [claims.type]: z.literal('LtiDeepLinkingRequest'),
  [claims.choosing]: z.object({
    deep_link_return_url: z.url({ protocol: /^https?$/ }).max(2000),
    accept_types: z.array(z.string()).max(20),
    accept_lineitem: z.boolean().optional(),
    data: z.string().max(4000).optional(),
  }),
});
/** What a platform says about somebody whom it sends here. */
interface Sent {
  nonce: string;
  locale: string | undefined;
}

/** Somebody follows a link to a lesson, or to where a workshop is joined. */
export interface LaunchToken extends Sent {
  kind: 'launch';
  subject: string;
  /** For their own eyes; not kept. */
  name: string | undefined;
  leadsTo: { labId: string } | { joinCode: string };
  /** Where their grade goes; null: nowhere. */
  lineItem: string | null;
}

/** Somebody chooses what a course's link leads to. */
export interface ChoosingToken extends Sent {
  kind: 'choosing';
  deployment: string;
  returnUrl: string;
  /** Whether a link may bring a column of the grade book with it. */
  isGraded: boolean;
  /** Goes back as it came. */
  data: string | undefined;
}

type Keys = ReturnType<typeof createRemoteJWKSet>;

/** Reads the tokens of platforms, whose public keys it fetches and keeps. */
export class LaunchTokens {
  readonly #keys = new Map<string, Keys>();

  /** @throws `lti.token` when it cannot be believed, `lti.message` when it asks for what is not offered. */
  async read(token: string, platform: Platform): Promise<LaunchToken | ChoosingToken> {
    const payload = await this.#verified(token, platform);
    const said = parsed(Said, payload);
    if (Array.isArray(payload.aud) && payload.aud.length > 1 && said.azp !== platform.clientId)
      throw new AppError('lti.token');
    if (said.azp !== undefined && said.azp !== platform.clientId) throw new AppError('lti.token');
    if (!platform.deployments.includes(said[claims.deployment])) throw new AppError('lti.token');
    const sent = { nonce: said.nonce, locale: said[claims.presentation]?.locale };
    return payload[claims.type] === 'LtiDeepLinkingRequest'
      ? { ...sent, ...choosingOf(parsed(ChoosingClaims, payload)) }
      : { ...sent, ...launchOf(parsed(LinkClaims, payload)) };
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

function parsed<T>(schema: z.ZodType<T>, payload: JWTPayload): T {
  const { success, data, error } = schema.safeParse(payload);
  if (!success) throw new AppError('lti.message', { cause: error });
  return data;
}

function launchOf(said: z.infer<typeof LinkClaims>): Omit<LaunchToken, keyof Sent> {
  const grades = said[claims.grades];
  const isGraded =
    grades?.scope.includes(scoreScope) && said[claims.roles].some((one) => learnerRole.test(one));
  return {
    ...{ kind: 'launch', subject: said.sub, name: said.name },
    leadsTo: leadsTo(said[claims.custom]?.lab, said[claims.target]),
    lineItem: (isGraded && grades?.lineitem) || null,
  };
}

/** @throws `lti.message` where links like ours are not taken. */
function choosingOf(said: z.infer<typeof ChoosingClaims>): Omit<ChoosingToken, keyof Sent> {
  const settings = said[claims.choosing];
  if (!settings.accept_types.includes('ltiResourceLink')) throw new AppError('lti.message');
  return {
    ...{ kind: 'choosing', deployment: said[claims.deployment] },
    ...{ returnUrl: settings.deep_link_return_url, data: settings.data },
    isGraded: settings.accept_lineitem !== false,
  };
}

/** The lesson is the custom parameter `lab`, or in the address that the link leads to; a workshop's is `/join/CODE`. */
function leadsTo(custom: unknown, target: string): LaunchToken['leadsTo'] {
  const joinCode = custom === undefined && /\/join\/([^/?#]+)/.exec(target)?.[1];
  if (joinCode) return { joinCode: decodeURIComponent(joinCode) };
  const lab = LabId.safeParse(custom ?? /\/labs\/([^/?#]+)/.exec(target)?.[1]);
  if (!lab.success) throw new AppError('lti.message');
  return { labId: lab.data };
}
