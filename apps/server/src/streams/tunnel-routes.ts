import { AppError, maxTunnelPostBytes, TunnelInfo } from '@tatami/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { learnerOf } from '../http/access.ts';
import type { LearnerStreams } from './learner-streams.ts';
import { Tunnel, type Unanswered } from './tunnel.ts';

/** Pages of one learner that are open at once; with one more, the oldest tunnel ends. */
const maxTunnels = 16;
/** When the server ends: so long its close codes wait to be asked for. */
const finishMs = 2_000;

const octets = 'application/octet-stream';
const ById = z.object({ tunnel: TunnelInfo.shape.id });
const Turn = z.coerce.number().int().positive();
const Frames = z.any().describe('frames of docs/protocol.md, H2');

/** Streams over plain HTTP, for pages that no WebSocket reaches: docs/protocol.md, H rules. */
export const tunnelRoutes: FastifyPluginAsyncZod<{ streams: LearnerStreams }> = async (
  app,
  { streams },
) => {
  const tunnels = new Map<string, Tunnel>();
  // Before the server waits for its answers to end: a tunnel's would not.
  app.addHook('preClose', async () => {
    await Promise.all([...tunnels.values()].map((tunnel) => tunnel.finish(finishMs)));
  });
  app.addContentTypeParser(octets, { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  // A page whose WebSockets failed asks now and then whether they come through.
  streams.route('/api/websocket', async (channel) => {
    channel.send('{}', false);
    channel.close(1000);
  });
  const find = (request: FastifyRequest): Tunnel => {
    const tunnel = tunnels.get((request.params as z.infer<typeof ById>).tunnel);
    // Somebody else's is as unknown as one that never was.
    if (tunnel?.learner.id !== learnerOf(request).id) throw new AppError('tunnel.unknown');
    return tunnel;
  };

  app.post(
    '/api/tunnels',
    { schema: { response: { 201: TunnelInfo } } },
    async (request, reply) => {
      const learner = learnerOf(request);
      if (!streams.connects.take(learner.id)) throw new AppError('request.rate');
      const own = [...tunnels.values()].filter((one) => one.learner.id === learner.id);
      if (own.length >= maxTunnels) own[0]?.end();
      const tunnel: Tunnel = new Tunnel(learner, streams, () => tunnels.delete(tunnel.id));
      tunnels.set(tunnel.id, tunnel);
      return reply.code(201).send({ id: tunnel.id });
    },
  );

  app.get(
    '/api/tunnels/:tunnel',
    {
      // Its handler would take what a GET is for.
      exposeHeadRoute: false,
      config: { lasting: true },
      schema: {
        params: ById,
        querystring: z.object({ poll: Turn.optional() }),
        produces: [octets],
        response: { 200: Frames },
      },
    },
    async (request, reply) => {
      const { poll } = request.query;
      const tunnel = find(request);
      const frames = poll === undefined ? tunnel.stream() : await tunnel.poll(poll);
      if (typeof frames === 'string') throw errorOf(frames);
      return unbuffered(reply).send(frames);
    },
  );

  app.post(
    '/api/tunnels/:tunnel',
    {
      bodyLimit: maxTunnelPostBytes,
      schema: {
        params: ById,
        querystring: z.object({ number: Turn }),
        consumes: [octets],
        body: z.instanceof(Buffer).meta({ description: Frames.description }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const received = await find(request).receive(
        request.query.number,
        request.body,
        request.account,
      );
      if (received !== 'taken') throw errorOf(received);
      return reply.code(204).send(null);
    },
  );

  app.delete(
    '/api/tunnels/:tunnel',
    { schema: { params: ById, response: { 204: z.null() } } },
    async (request, reply) => {
      find(request).end();
      return reply.code(204).send(null);
    },
  );
};

const errorOf = (why: Unanswered) =>
  new AppError(why === 'fast' ? 'request.rate' : 'tunnel.broken');

/** What may stand between us and the browser is asked to pass every byte on at once, as it is. */
function unbuffered(reply: FastifyReply): FastifyReply {
  return reply
    .header('content-type', octets)
    .header('cache-control', 'no-store, no-transform')
    .header('x-accel-buffering', 'no');
}
