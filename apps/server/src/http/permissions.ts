import type { Role } from '@tatami/protocol';

/**
 * Who may call a route: `public` is everybody, `learner` a browser with a session of a learner, `metrics` whoever brings
 * TATAMI_METRICS_TOKEN (behind a proxy everybody comes from the loopback address, so an address proves nothing), the
 * others an account of the staff with at least that role.
 */
export type Access = 'public' | 'learner' | 'metrics' | Role;

/**
 * Every route with who may call it. A route that is missing here stops the server from starting, and so does a line
 * without a route. HEAD goes with GET. What else is needed (one's own attempt, a workshop that one belongs to) is
 * looked at by the route.
 */
export const permissions: Readonly<Record<string, Access>> = {
  // The web app, health, the interface's description.
  'GET /': 'public',
  'GET /labs/*': 'public',
  'GET /staff': 'public',
  'GET /staff/*': 'public',
  'GET /join': 'public',
  'GET /join/*': 'public',
  'GET /seat': 'public',
  'GET /privacy': 'public',
  'GET /check': 'public',
  'GET /workshops': 'public',
  'GET /workshops/*': 'public',
  'GET /assets/*': 'public',
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': 'metrics',
  'GET /api/docs': 'public',
  'GET /api/docs/': 'public',
  'GET /api/docs/json': 'public',
  'GET /api/docs/yaml': 'public',
  'GET /api/docs/static/*': 'public',
  'GET /api/docs/static/index.html': 'public',
  'GET /api/docs/static/swagger-initializer.js': 'public',

  // A learner's own session, lessons, machine and terminals.
  'GET /api/session': 'public',
  'POST /api/session/resume': 'public',
  'GET /api/labs': 'learner',
  'GET /api/labs/:lab': 'learner',
  'GET /api/labs/:lab/attempt': 'learner',
  'POST /api/labs/:lab/machine': 'learner',
  'DELETE /api/labs/:lab/machine': 'learner',
  'POST /api/labs/:lab/machine/extend': 'learner',
  'POST /api/labs/:lab/machine/reset': 'learner',
  'PUT /api/labs/:lab/step': 'learner',
  'PUT /api/labs/:lab/answers/:checkId': 'learner',
  'PUT /api/labs/:lab/quizzes/:checkId': 'learner',
  'POST /api/labs/:lab/solutions/:checkId': 'learner',
  'GET /api/labs/:lab/debrief': 'learner',
  'GET /api/labs/:lab/terminals/:terminal/screen': 'learner',
  'GET /api/labs/:lab/terminals/:terminal/recording': 'learner',
  'GET /api/labs/:lab/terminals/:terminal/recording/bytes': 'learner',
  'GET /api/labs/:lab/terminals/:terminal/recording/cast': 'learner',

  // Marks, one's own and those of a workshop.
  'GET /api/labs/:lab/marks': 'learner',
  'GET /api/workshops/:workshop/marks': 'instructor',
  'POST /api/workshops/:workshop/marks/:learner/changes': 'instructor',
  'PUT /api/workshops/:workshop/weights': 'instructor',
  'POST /api/workshops/:workshop/gradings': 'instructor',
  'GET /api/workshops/:workshop/marks.csv': 'instructor',
  'GET /api/workshops/:workshop/marks.json': 'instructor',
  'GET /api/workshops/:workshop/marks/:learner': 'instructor',

  // Incident reports.
  'GET /api/labs/:lab/report': 'learner',
  'PUT /api/labs/:lab/report': 'learner',
  'DELETE /api/labs/:lab/report': 'learner',
  'POST /api/labs/:lab/report/html': 'learner',
  'POST /api/labs/:lab/report/markdown': 'learner',
  'POST /api/labs/:lab/moments': 'learner',
  'DELETE /api/labs/:lab/moments/:moment': 'learner',
  'GET /api/workshops/:workshop/seats/:learner/report': 'assistant',
  'GET /api/evidence/key': 'public',

  // What is kept of a learner.
  'GET /api/privacy': 'learner',
  'GET /api/privacy/data': 'learner',
  'POST /api/privacy/erasure': 'learner',
  // Into a workshop, by its code.
  'GET /api/join/:code': 'public',
  'POST /api/join/:code': 'public',
  'POST /api/join/:code/rejoins': 'public',
  'POST /api/rejoins': 'public',

  // Workshops one belongs to.
  'GET /api/workshops': 'assistant',
  'POST /api/workshops': 'instructor',
  'GET /api/workshops/:workshop': 'assistant',
  'PUT /api/workshops/:workshop': 'instructor',
  'POST /api/workshops/:workshop/open': 'instructor',
  'POST /api/workshops/:workshop/end': 'instructor',
  'POST /api/workshops/:workshop/closing': 'instructor',
  'GET /api/workshops/:workshop/seats': 'assistant',
  'POST /api/workshops/:workshop/seats': 'instructor',
  'DELETE /api/workshops/:workshop/seats/:seat': 'instructor',
  'POST /api/workshops/:workshop/seats/:seat/restore': 'instructor',
  'POST /api/workshops/:workshop/roster': 'instructor',
  'GET /api/workshops/:workshop/slips': 'instructor',
  'GET /api/workshops/:workshop/rejoins': 'assistant',
  'POST /api/workshops/:workshop/rejoins/:rejoin': 'assistant',
  'GET /api/workshops/:workshop/guesses': 'assistant',
  'GET /api/workshops/:workshop/staff': 'assistant',
  'PUT /api/workshops/:workshop/staff/:account': 'instructor',
  'DELETE /api/workshops/:workshop/staff/:account': 'instructor',
  // Learning platforms: launches prove themselves, which platforms there are is the admins' business.
  'GET /api/lti/login': 'public',
  'POST /api/lti/login': 'public',
  'POST /api/lti/launch': 'public',
  'POST /api/lti/workshop': 'public',
  'GET /api/lti/continue': 'public',
  'GET /api/lti/keys': 'public',
  'GET /api/lti/tool': 'admin',
  'GET /api/lti/platforms': 'admin',
  'POST /api/lti/platforms': 'admin',
  'DELETE /api/lti/platforms/:platform': 'admin',

  // Accounts of the staff: one's own, then everybody's.
  'POST /api/account/session': 'public',
  'GET /api/account': 'assistant',
  'DELETE /api/account/session': 'assistant',
  'PUT /api/account/password': 'assistant',
  'GET /api/account/sessions': 'assistant',
  'DELETE /api/account/sessions/:session': 'assistant',
  'POST /api/invitations/opened': 'public',
  'POST /api/invitations/accepted': 'public',
  'GET /api/invitations': 'instructor',
  'POST /api/invitations': 'instructor',
  'DELETE /api/invitations/:invitation': 'instructor',
  'GET /api/accounts': 'instructor',
  'PATCH /api/accounts/:account': 'admin',
  'DELETE /api/accounts/:account/sessions': 'admin',
  'POST /api/accounts/:account/password-link': 'admin',

  // A workshop's room: of the learner who sits there, and of its staff.
  'GET /api/room': 'learner',
  'GET /api/room/events': 'learner',
  'PUT /api/room/hand': 'learner',
  'DELETE /api/room/hand': 'learner',
  'PUT /api/room/typing/:consent': 'learner',
  'DELETE /api/room/typing': 'learner',
  'GET /api/room/mirror/:terminal/stream': 'learner',
  'GET /api/room/audit': 'learner',
  'GET /api/workshops/:workshop/board': 'assistant',
  'POST /api/workshops/:workshop/messages': 'assistant',
  'PUT /api/workshops/:workshop/hands/:hand': 'assistant',
  'PUT /api/workshops/:workshop/seats/:seat/typing': 'assistant',
  'DELETE /api/workshops/:workshop/seats/:seat/typing': 'assistant',
  'GET /api/workshops/:workshop/seats/:seat/terminals/:terminal/stream': 'assistant',
  'GET /api/workshops/:workshop/audit': 'assistant',
  'GET /api/workshops/:workshop/summary': 'assistant',
  'PUT /api/workshops/:workshop/locks': 'instructor',
  'PUT /api/workshops/:workshop/timer': 'instructor',
  'DELETE /api/workshops/:workshop/timer': 'instructor',
  'PUT /api/workshops/:workshop/mirror': 'instructor',
  'DELETE /api/workshops/:workshop/mirror': 'instructor',

  // Streams.
  'GET /api/seat/events': 'learner',
  'GET /api/labs/:lab/events': 'learner',
  'GET /api/labs/:lab/map': 'learner',
  'GET /api/labs/:lab/terminals/:terminal/stream': 'learner',
  'GET /api/websocket': 'learner',
  'POST /api/tunnels': 'learner',
  'GET /api/tunnels/:tunnel': 'learner',
  'POST /api/tunnels/:tunnel': 'learner',
  'DELETE /api/tunnels/:tunnel': 'learner',
};

/** Who may call this route; undefined when the table does not say. */
export const accessOf = (
  method: string,
  url: string,
  table: Readonly<Record<string, Access>> = permissions,
): Access | undefined => table[`${method === 'HEAD' ? 'GET' : method} ${url}`];
