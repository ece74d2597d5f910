import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { AppError } from '@tatami/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Guests } from '../http/guests.ts';

/** What the web app's own navigation may lead to. */
const pages = [
  ...['/', '/labs/*', '/staff', '/staff/*'],
  ...['/join', '/join/*', '/seat', '/privacy', '/check', '/workshops', '/workshops/*'],
];
const immutable = 'public, max-age=31536000, immutable';

/** The web app: its page for every address that it routes itself, its assets by their hashed names. */
export async function webRoutes(
  app: FastifyInstance,
  { webDir, guests }: { webDir: string; guests: Guests },
): Promise<void> {
  const page = await readFile(join(webDir, 'index.html'), 'utf8').catch((cause: unknown) => {
    throw new Error(`there is no web app in ${webDir}; run npm start to build it`, { cause });
  });
  const sendPage = async (request: FastifyRequest, reply: FastifyReply) => {
    guests.greet(request, reply);
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(page.replaceAll('__CSP_NONCE__', reply.cspNonce.style));
  };
  for (const address of pages) app.get(address, sendPage);
  await app.register(fastifyStatic, {
    root: join(webDir, 'assets'),
    prefix: '/assets/',
    cacheControl: false,
    setHeaders: (response) => {
      response.header('cache-control', immutable);
    },
  });
  app.setNotFoundHandler(() => {
    throw new AppError('request.unknown');
  });
}
