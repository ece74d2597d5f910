import { networkInterfaces } from 'node:os';
import { AppError } from '@tatami/protocol';
import type { FastifyInstance } from 'fastify';

/** Where the server may be reached: what it listens on, and how browsers see it from outside. */
export interface Addresses {
  host: string;
  port: () => number;
  publicUrl: string | undefined;
  /** What it speaks itself. */
  scheme: 'http' | 'https';
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A page of another site may lead or post here: what it brings proves itself. */
    crossSite?: boolean;
    /** It does not matter by which name we are called. */
    anyHost?: boolean;
  }
}

/**
 * Refuses requests for other hosts (DNS rebinding) and from pages of other sites, WebSockets included.
 * Programs that send no Origin pass: they carry no browser's cookie.
 */
export function guardOrigin(app: FastifyInstance, addresses: Addresses): void {
  app.addHook('onRequest', async ({ headers, method, routeOptions }) => {
    if (routeOptions.config?.anyHost) return;
    const allowed = allowedOrigins(addresses);
    const host = headers.host?.toLowerCase() ?? '';
    const own = allowed.filter((origin) => hostOf(origin) === host);
    if (own.length === 0) throw new AppError('request.host');
    if (routeOptions.config?.crossSite) return;
    const { origin } = headers;
    if (origin !== undefined ? !own.includes(origin.toLowerCase()) : isForeign(headers, method))
      throw new AppError('request.origin');
  });
}

/** Fetch metadata (https://www.w3.org/TR/fetch-metadata/): following a link from elsewhere is fine. */
function isForeign(headers: Record<string, unknown>, method: string): boolean {
  const site = headers['sec-fetch-site'];
  const crossed = site === 'cross-site' || site === 'same-site';
  return crossed && !(method === 'GET' && headers['sec-fetch-mode'] === 'navigate');
}

function allowedOrigins({ host, port, publicUrl, scheme }: Addresses): string[] {
  const everywhere = host === '0.0.0.0' || host === '::';
  const bound = everywhere
    ? Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((one) => one.address))
    : [host];
  const names = new Set(['localhost', '127.0.0.1', '::1', ...bound]);
  const origins = [...names].map((name) => {
    const authority = name.includes(':') ? `[${name}]` : name;
    return new URL(`${scheme}://${authority}:${port()}`).origin;
  });
  return publicUrl ? [...origins, new URL(publicUrl).origin] : origins;
}

const hostOf = (origin: string): string => new URL(origin).host;
