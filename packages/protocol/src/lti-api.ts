import { z } from 'zod';

/**
 * Learning platforms (LTI 1.3, docs/lti.md). For admins:
 *
 * GET    /api/lti/tool                  -> LtiTool: what a platform is told of this server
 * GET    /api/lti/platforms             -> LtiPlatform[]
 * POST   /api/lti/platforms  LtiPlatformRequest -> LtiPlatform
 * DELETE /api/lti/platforms/:platform
 *
 * For platforms and the browsers that they send: GET and POST /api/lti/login, POST /api/lti/launch,
 * POST /api/lti/workshop (choosing one for a course's link), GET /api/lti/continue, GET /api/lti/keys (https://www.imsglobal.org/spec/lti/v1p3).
 */
const url = z.url({ protocol: /^https?$/ }).max(1000);
const name = z.string().trim().min(1).max(255);

export const LtiPlatformId = z.string().regex(/^[0-9a-f]{16}$/);

export const LtiPlatformRequest = z.strictObject({
  /** What people here call it. */
  name,
  issuer: name,
  clientId: name,
  deployments: z.array(name).min(1).max(100),
  /** Where people are sent to sign in (OpenID Connect authorization endpoint). */
  authUrl: url,
  tokenUrl: url,
  /** Its public keys (JWKS). */
  keysUrl: url,
});
export type LtiPlatformRequest = z.infer<typeof LtiPlatformRequest>;

export const LtiPlatform = LtiPlatformRequest.extend({
  id: LtiPlatformId,
  createdAt: z.iso.datetime(),
  /** Grades by how it stands with them. */
  scores: z.strictObject({
    waiting: z.int().nonnegative(),
    sent: z.int().nonnegative(),
    refused: z.int().nonnegative(),
  }),
  /** What went wrong last with one that waits or was refused. */
  trouble: z.string().nullable(),
});
export type LtiPlatform = z.infer<typeof LtiPlatform>;

export const LtiTool = z.strictObject({
  loginUrl: z.string(),
  launchUrl: z.string(),
  keysUrl: z.string(),
  /** Of a lesson; `LAB` stands for its name. */
  targetUrl: z.string(),
});
export type LtiTool = z.infer<typeof LtiTool>;
