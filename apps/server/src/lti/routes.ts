import formbody from '@fastify/formbody';
import {
  AppError,
  asAppError,
  LtiPlatform,
  LtiPlatformId,
  LtiPlatformRequest,
  LtiTool,
} from '@tatami/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { guestOf } from '../http/guests.ts';
import type { Labs } from '../labs/labs.ts';
import { writeSession } from '../sessions/cookie.ts';
import type { Learners } from '../sessions/learners.ts';
import type { Joins } from '../workshops/joins.ts';
import {
  type Choice,
  lessonChoice,
  type Question,
  signedAnswer,
  workshopChoice,
} from './choosing.ts';
import type { LaunchToken, LaunchTokens } from './launch-token.ts';
import { Once } from './once.ts';
import { choosingPage, failurePage, goOnPage, pageLanguage, placingPage } from './pages.ts';
import type { Platform, Platforms } from './platforms.ts';
import type { ScoreStore } from './score-store.ts';
import type { ToolKey } from './tool-key.ts';

/** From a login to its launch, and from a launch to the lesson. */
const lifetimeMs = 10 * 60_000;
const mostPending = 10_000;
const stateCookie = 'tatami_lti';
const paths = {
  login: '/api/lti/login',
  launch: '/api/lti/launch',
  workshop: '/api/lti/workshop',
  goOn: '/api/lti/continue',
  keys: '/api/lti/keys',
};
/** A lecture hall behind one address. */
const rateLimit = { max: 600, timeWindow: 60_000 };

const text = z.string().min(1).max(4000);
/** https://www.imsglobal.org/spec/security/v1p0#step-1-third-party-initiated-login; what else is sent is ignored. */
const Login = z.object({
  iss: text,
  login_hint: text,
  target_link_uri: text,
  lti_message_hint: text.optional(),
  client_id: text.optional(),
});
const Launch = z.union([
  z.object({
    id_token: z
      .string()
      .min(1)
      .max(64 * 1024),
    state: text,
  }),
  z.object({ error: text, state: text.optional() }),
]);

interface LtiOptions {
  platforms: Platforms;
  scores: ScoreStore;
  tokens: LaunchTokens;
  toolKey: ToolKey;
  learners: Learners;
  labs: Labs;
  joins: Joins;
  secure: boolean;
  /** Where browsers reach this server, when that is configured. */
  publicUrl: string | undefined;
}

/** Launches from learning platforms, and for admins which platforms those are. */
export const ltiRoutes: FastifyPluginAsyncZod<LtiOptions> = async (app, options) => {
  const { platforms, scores, tokens, toolKey, learners, labs, joins, secure } = options;
  const logins = new Once<{ platform: Platform; nonce: string }>(lifetimeMs, mostPending);
  const nonces = new Once<true>(lifetimeMs, mostPending);
  const tickets = new Once<{ learnerId: string | null; href: string }>(lifetimeMs, mostPending);
  const questions = new Once<Question>(lifetimeMs, mostPending);
  await app.register(formbody);

  const originOf = (request: FastifyRequest): string =>
    options.publicUrl ? new URL(options.publicUrl).origin : `${request.protocol}://${request.host}`;

  /** Begins a login with the platform that the request names. */
  async function login(request: FastifyRequest, given: z.infer<typeof Login>, reply: FastifyReply) {
    const platform = await platforms.named(given.iss, given.client_id);
    const nonce = nonces.put(true);
    const state = logins.put({ platform, nonce });
    const url = new URL(platform.authUrl);
    const query = {
      ...{ scope: 'openid', response_type: 'id_token', response_mode: 'form_post', prompt: 'none' },
      ...{ client_id: platform.clientId, redirect_uri: `${originOf(request)}${paths.launch}` },
      ...{ login_hint: given.login_hint, state, nonce },
      ...(given.lti_message_hint ? { lti_message_hint: given.lti_message_hint } : {}),
    };
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    // It comes back with the platform's form, which is another site's.
    if (secure)
      reply.setCookie(stateCookie, state, {
        ...{ httpOnly: true, secure, sameSite: 'none', path: '/api/lti' },
        maxAge: lifetimeMs / 1000,
      });
    return reply.header('cache-control', 'no-store').redirect(url.href, 302);
  }

  /** What the platform says of whoever it sent here. */
  async function believed(given: z.infer<typeof Launch>) {
    if (!('id_token' in given)) throw new AppError('lti.denied');
    const begun = logins.take(given.state);
    if (!begun) throw new AppError('lti.state');
    const token = await tokens.read(given.id_token, begun.platform);
    if (token.nonce !== begun.nonce || !nonces.take(token.nonce)) throw new AppError('lti.state');
    return { platform: begun.platform, token };
  }

  async function launch(
    request: FastifyRequest,
    given: z.infer<typeof Launch>,
    reply: FastifyReply,
  ) {
    const { platform, token } = await believed(given);
    reply.clearCookie(stateCookie, { path: '/api/lti' }).header('cache-control', 'no-store');
    const lang = pageLanguage(token.locale ?? request.headers['accept-language']);
    if (token.kind === 'choosing') return choose(request, { ...token, platform, lang }, reply);
    const isFramed = ['iframe', 'frame'].includes(String(request.headers['sec-fetch-dest']));
    const isOwn = 'state' in given && request.cookies[stateCookie] === given.state;
    const { href, learnerId } = await destination(platform, token);
    if (!isFramed && (isOwn || !learnerId)) {
      if (learnerId) writeSession(reply, learnerId, secure);
      return reply.redirect(href, 303);
    }
    // Nobody can tell whether this browser began it: a frame has no cookies of ours, and who was sent here by
    // somebody else's form would work under their name. So whoever sits there is asked.
    const link = `${paths.goOn}?ticket=${tickets.put({ learnerId, href })}`;
    return framable(reply).send(
      goOnPage(lang, { platform: platform.name, name: token.name, href: link, isFramed }),
    );
  }

  /** Where a link leads, and as whom; a workshop's to the page to join it, as nobody yet. */
  async function destination(platform: Platform, { leadsTo, subject, lineItem }: LaunchToken) {
    if ('joinCode' in leadsTo)
      return { href: `/join/${encodeURIComponent(leadsTo.joinCode)}`, learnerId: null };
    const { id: labId } = labs.ready(leadsTo.labId);
    const learnerId = await platforms.learnerOf(platform, subject, () => learners.create());
    if (lineItem)
      await scores.note({ platformId: platform.id, lineItem, learnerId, labId, subject });
    return { href: `/labs/${labId}`, learnerId };
  }

  const signed = async (question: Question, choice: Choice) => ({
    ...choice,
    answer: await signedAnswer(question, choice, toolKey),
  });

  /** Shows what a course may link to. */
  async function choose(request: FastifyRequest, question: Question, reply: FastifyReply) {
    const { lang, platform, returnUrl } = question;
    const ready = labs.all.filter(({ status }) => status === 'ready');
    const lessons = await Promise.all(
      ready.map((lab) => signed(question, lessonChoice(lab, lang, originOf(request)))),
    );
    const ticket = questions.put(question);
    return framable(reply, returnUrl).send(
      choosingPage(lang, { platform: platform.name, returnUrl, lessons, ticket }),
    );
  }

  /** People see these answers. */
  const forPeople =
    <T>(task: (request: FastifyRequest, given: T, reply: FastifyReply) => Promise<FastifyReply>) =>
    async (request: FastifyRequest, given: z.ZodSafeParseResult<T>, reply: FastifyReply) => {
      try {
        if (!given.success) throw new AppError('request.invalid', { cause: given.error });
        return await task(request, given.data, reply);
      } catch (error) {
        const known = asAppError(error);
        // What the platform says of a person stays out of logs.
        const reason = known.cause instanceof Error ? known.cause.message : undefined;
        request.log.warn({ code: known.code, reason }, 'a launch failed');
        const lang = pageLanguage(request.headers['accept-language']);
        return framable(reply).code(known.status).send(failurePage(lang, known));
      }
    };
  const onLogin = forPeople(login);
  const onLaunch = forPeople(launch);
  const config = { rateLimit, crossSite: true };

  app.get(paths.login, { config }, (request, reply) =>
    onLogin(request, Login.safeParse(request.query), reply),
  );
  app.post(paths.login, { config }, (request, reply) =>
    onLogin(request, Login.safeParse(request.body), reply),
  );
  app.post(paths.launch, { config, bodyLimit: 128 * 1024 }, (request, reply) =>
    onLaunch(request, Launch.safeParse(request.body), reply),
  );
  const onGoOn = forPeople(async (_, { ticket }: { ticket: string }, reply) => {
    const launched = tickets.take(ticket);
    if (!launched) throw new AppError('lti.state');
    if (launched.learnerId) writeSession(reply, launched.learnerId, secure);
    return reply.header('cache-control', 'no-store').redirect(launched.href, 303);
  });
  app.get(paths.goOn, { config: { rateLimit } }, (request, reply) =>
    onGoOn(request, z.object({ ticket: text }).safeParse(request.query), reply),
  );
  const onWorkshop = forPeople(
    async (request, { ticket, code }: { ticket: string; code: string }, reply) => {
      // Whoever knows the code may lead others to it; guesses are slowed as anywhere else, and cost no ticket.
      const workshop = await joins.workshop({ name: guestOf(request), learnerId: null }, code);
      const question = questions.take(ticket);
      if (!question) throw new AppError('lti.state');
      const { lang, returnUrl } = question;
      const choice = await signed(question, workshopChoice(workshop, originOf(request)));
      return framable(reply, returnUrl)
        .header('cache-control', 'no-store')
        .send(placingPage(lang, returnUrl, choice));
    },
  );
  app.post(paths.workshop, { config: { rateLimit } }, (request, reply) =>
    onWorkshop(request, z.object({ ticket: text, code: text }).safeParse(request.body), reply),
  );
  app.get(paths.keys, async () => ({ keys: [toolKey.jwk] }));

  app.get('/api/lti/tool', { schema: { response: { 200: LtiTool } } }, async (request) => {
    const origin = originOf(request);
    return {
      ...{ loginUrl: origin + paths.login, launchUrl: origin + paths.launch },
      ...{ keysUrl: origin + paths.keys, targetUrl: `${origin}/labs/LAB` },
    };
  });
  app.get('/api/lti/platforms', { schema: { response: { 200: z.array(LtiPlatform) } } }, () =>
    platforms.all(),
  );
  app.post(
    '/api/lti/platforms',
    { schema: { body: LtiPlatformRequest, response: { 200: LtiPlatform } } },
    async ({ body }) => ({
      ...(await platforms.add(body)),
      ...{ scores: { waiting: 0, sent: 0, refused: 0 }, trouble: null },
    }),
  );
  app.delete(
    '/api/lti/platforms/:platform',
    { schema: { params: z.object({ platform: LtiPlatformId }) } },
    async ({ params }, reply) => {
      await platforms.remove(params.platform);
      return reply.code(204).send();
    },
  );
};

/** A page without scripts that may stand in a course's frame; its forms go to this server, and where `returnUrl` is. */
const framable = (reply: FastifyReply, returnUrl?: string): FastifyReply =>
  reply
    .removeHeader('x-frame-options')
    .header(
      'content-security-policy',
      `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action ${
        returnUrl ? `'self' ${new URL(returnUrl).origin}` : "'none'"
      }; frame-ancestors https: http:`,
    )
    .type('text/html; charset=utf-8');
