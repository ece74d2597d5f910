import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createRemoteJWKSet,
  exportJWK,
  generateKeyPair,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose';
import { z } from 'zod';

/** Claims of https://www.imsglobal.org/spec/lti/v1p3. */
export const claim = (name: string) => `https://purl.imsglobal.org/spec/lti/claim/${name}`;
const agsClaim = 'https://purl.imsglobal.org/spec/lti-ags/claim/endpoint';
const dlClaim = (name: string) => `https://purl.imsglobal.org/spec/lti-dl/claim/${name}`;
const scoreScope = 'https://purl.imsglobal.org/spec/lti-ags/scope/score';

/** What Moodle and Canvas document of a score; anything else is refused with 400. */
const ScoreBody = z.object({
  userId: z.string().min(1),
  scoreGiven: z.number().nonnegative(),
  scoreMaximum: z.number().positive(),
  // Sub-second precision and a time zone (Canvas, Score API).
  timestamp: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(Z|[+-]\d\d:\d\d)$/),
  activityProgress: z.enum(['Initialized', 'Started', 'InProgress', 'Submitted', 'Completed']),
  gradingProgress: z.enum(['NotReady', 'Failed', 'Pending', 'PendingManual', 'FullyGraded']),
});

/** A link as lti-dl/v2p0 describes it. */
const ContentItem = z.strictObject({
  type: z.literal('ltiResourceLink'),
  title: z.string().min(1),
  url: z.url(),
  lineItem: z.strictObject({ scoreMaximum: z.number().positive(), label: z.string() }).optional(),
});
export type ContentItem = z.infer<typeof ContentItem>;

interface Grade {
  points: number | null;
  maximum: number;
  atS: number;
  activity: string;
}

/**
 * A small learning platform that is strict where Moodle and Canvas are: it takes a login only with all parameters and a
 * registered redirect URI, a token only for a fresh assertion by the tool's own key, a score only with the exact content
 * type, at `scores` behind the line item's path and before its query, for a person who can be graded, and with a timestamp
 * in a later second than the grade's that stands (else 409). Only `FullyGraded` scores count; others empty the cell.
 */
export async function startPlatform() {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const clientId = 'client-7';
  const kid = 'platform-key';
  const usedAssertions = new Set<string>();
  const tokens = new Set<string>();
  const state = {
    /** Every request is answered with this status, as by a platform that is down. */
    down: null as number | null,
    /** The same for scores of one user only. */
    downFor: null as string | null,
    /** Of the next scores, so many are taken and the connection is cut before the answer. */
    cut: 0,
    retryAfter: null as string | null,
    toolKeysUrl: '',
    redirectUris: [] as string[],
    gradable: new Set(['student-1', 'student-2']),
    /** Milliseconds that this platform's clock is ahead. */
    aheadMs: 0,
  };
  const usedNonces = new Set<string>();
  const grades = new Map<string, Grade>();
  const log: { path: string; status: number }[] = [];

  const server = createServer((request, answer) => {
    void handle(request, answer).catch((error: unknown) =>
      end(request, answer, 500, String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const url = `http://127.0.0.1:${port}`;
  const lineItem = `${url}/mod/lti/services.php/2/lineitems/31/lineitem?type_id=7`;

  function end(request: IncomingMessage, answer: ServerResponse, status: number, body = ''): void {
    log.push({ path: new URL(request.url ?? '', url).pathname, status });
    answer.writeHead(status, {
      'content-type': 'application/json',
      date: new Date(Date.now() + state.aheadMs).toUTCString(),
      ...(state.retryAfter ? { 'retry-after': state.retryAfter } : {}),
    });
    answer.end(body);
  }

  async function handle(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const at = new URL(request.url ?? '', url);
    let body = '';
    for await (const part of request) body += part;
    if (state.down !== null) return end(request, answer, state.down);
    if (at.pathname === '/keys') {
      const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
      return end(request, answer, 200, JSON.stringify({ keys: [jwk] }));
    }
    if (at.pathname === '/token') return token(request, answer, new URLSearchParams(body));
    if (at.pathname === '/mod/lti/services.php/2/lineitems/31/lineitem/scores')
      return score(request, answer, at, body);
    return end(request, answer, 404);
  }

  async function token(request: IncomingMessage, answer: ServerResponse, form: URLSearchParams) {
    const refuse = (why: string) => end(request, answer, 400, JSON.stringify({ error: why }));
    if (form.get('grant_type') !== 'client_credentials') return refuse('unsupported_grant_type');
    if (
      form.get('client_assertion_type') !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
    )
      return refuse('invalid_request');
    if (form.get('scope') !== scoreScope) return refuse('invalid_scope');
    const keys = createRemoteJWKSet(new URL(state.toolKeysUrl));
    const { payload } = await jwtVerify(form.get('client_assertion') ?? '', keys, {
      ...{ issuer: clientId, subject: clientId, audience: `${url}/token`, algorithms: ['RS256'] },
      ...{ requiredClaims: ['iat', 'exp', 'jti'], maxTokenAge: '5m' },
    });
    if (usedAssertions.has(payload.jti ?? '')) return refuse('invalid_client');
    usedAssertions.add(payload.jti ?? '');
    const access = `token-${tokens.size + 1}`;
    tokens.add(access);
    const given = {
      access_token: access,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: scoreScope,
    };
    return end(request, answer, 200, JSON.stringify(given));
  }

  function score(request: IncomingMessage, answer: ServerResponse, at: URL, body: string): void {
    const refused = refusalOf(request, at);
    if (refused) {
      end(request, answer, refused);
      return;
    }
    const parsed = ScoreBody.safeParse(JSON.parse(body));
    if (!parsed.success || !state.gradable.has(parsed.data.userId)) {
      end(request, answer, 400);
      return;
    }
    if (parsed.data.userId === state.downFor) {
      end(request, answer, 500);
      return;
    }
    const { userId, scoreGiven, scoreMaximum, timestamp, activityProgress } = parsed.data;
    const atS = Math.floor(Date.parse(timestamp) / 1000);
    if ((grades.get(userId)?.atS ?? Number.NEGATIVE_INFINITY) >= atS) {
      end(request, answer, 409);
      return;
    }
    const points = parsed.data.gradingProgress === 'FullyGraded' ? scoreGiven : null;
    grades.set(userId, { points, maximum: scoreMaximum, atS, activity: activityProgress });
    if (state.cut > 0) {
      state.cut -= 1;
      answer.destroy();
    } else end(request, answer, 200, '{}');
  }

  /** The status with which a score is refused that was not even read. */
  function refusalOf({ method, headers }: IncomingMessage, at: URL): number | null {
    if (method !== 'POST') return 405;
    if (at.searchParams.get('type_id') !== '7') return 401;
    if (!tokens.has(headers.authorization?.replace('Bearer ', '') ?? '')) return 401;
    return headers['content-type'] === 'application/vnd.ims.lis.v1.score+json' ? null : 400;
  }

  /** The claims of a launch of this person. */
  const claimsOf = (targetUrl: string): JWTPayload => ({
    name: 'Student One',
    [claim('version')]: '1.3.0',
    [claim('message_type')]: 'LtiResourceLinkRequest',
    [claim('deployment_id')]: 'deployment-1',
    [claim('target_link_uri')]: targetUrl,
    [claim('resource_link')]: { id: 'link-1' },
    [claim('roles')]: ['http://purl.imsglobal.org/vocab/lis/v2/membership#Learner'],
    [agsClaim]: { scope: [scoreScope], lineitem: lineItem },
  });

  /** The claims of somebody who chooses what a link of the course leads to, instead of a launch's. */
  const choosing = (more: object = {}) => ({
    [claim('message_type')]: 'LtiDeepLinkingRequest',
    [claim('resource_link')]: undefined,
    [dlClaim('deep_linking_settings')]: {
      deep_link_return_url: `${url}/mod/lti/contentitem_return.php?course=2`,
      ...{ accept_types: ['link', 'ltiResourceLink'], data: 'csrf=7', ...more },
      accept_presentation_document_targets: ['iframe', 'window'],
    },
  });

  /** What the platform takes from a form that a browser posts to its return address; throws what it would refuse. */
  async function takeLinks(jwt: string): Promise<ContentItem[]> {
    const { payload } = await jwtVerify(jwt, createRemoteJWKSet(new URL(state.toolKeysUrl)), {
      ...{ issuer: clientId, audience: url, algorithms: ['RS256'] },
      ...{ requiredClaims: ['iat', 'exp', 'nonce'], maxTokenAge: '1h' },
    });
    if (usedNonces.has(String(payload.nonce))) throw new Error('a nonce came twice');
    usedNonces.add(String(payload.nonce));
    const wanted = {
      [claim('version')]: '1.3.0',
      [claim('message_type')]: 'LtiDeepLinkingResponse',
      [claim('deployment_id')]: 'deployment-1',
      [dlClaim('data')]: 'csrf=7',
    };
    for (const [name, value] of Object.entries(wanted))
      if (payload[name] !== value) throw new Error(`${name} is ${payload[name]}`);
    return z.array(ContentItem).parse(payload[dlClaim('content_items')]);
  }

  return {
    ...{ url, clientId, state, grades, log, lineItem, tokens, privateKey, choosing, takeLinks },
    registration: {
      ...{ name: 'Our courses', issuer: url, clientId, deployments: ['deployment-1'] },
      ...{ authUrl: `${url}/auth`, tokenUrl: `${url}/token`, keysUrl: `${url}/keys` },
    },
    /**
     * What the platform's page would post after the browser came with this address: it refuses what the security
     * framework does not allow (1.0, 5.1.1.2).
     */
    async authenticate(
      location: string,
      subject: string,
      targetUrl: string,
      change: (claims: JWTPayload) => JWTPayload = (claims) => claims,
      sign: (jwt: SignJWT) => Promise<string> = (jwt) => jwt.sign(privateKey),
    ): Promise<{ id_token: string; state: string }> {
      const at = new URL(location);
      const query = Object.fromEntries(at.searchParams);
      const wanted = {
        ...{ scope: 'openid', response_type: 'id_token', response_mode: 'form_post' },
        ...{ prompt: 'none', client_id: clientId, login_hint: subject, lti_message_hint: 'hint' },
      };
      for (const [name, value] of Object.entries(wanted))
        if (query[name] !== value) throw new Error(`${name} is ${query[name]}`);
      if (!state.redirectUris.includes(query.redirect_uri ?? ''))
        throw new Error(`${query.redirect_uri} is not registered`);
      if (!query.state || !query.nonce) throw new Error('state or nonce is missing');
      const jwt = new SignJWT(change({ ...claimsOf(targetUrl), sub: subject, nonce: query.nonce }))
        .setProtectedHeader({ alg: 'RS256', kid })
        .setIssuer(url)
        .setAudience(clientId)
        .setIssuedAt()
        .setExpirationTime('1h');
      return { id_token: await sign(jwt), state: query.state };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
