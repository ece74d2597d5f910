import { z } from 'zod';

/** The server's settings, from the environment. */
export const ServerConfig = z.object({
  /** Address to listen on; loopback unless told. */
  TATAMI_HOST: z.string().default('127.0.0.1'),
  TATAMI_PORT: z.coerce.number().int().min(0).max(65_535).default(8420),
  /** Where browsers reach the server when that is not the address above, e.g. behind a proxy. */
  TATAMI_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Files of a certificate and its key: the server speaks https itself then. */
  TATAMI_TLS_CERT: z.string().optional(),
  TATAMI_TLS_KEY: z.string().optional(),
  /** Addresses of proxies whose X-Forwarded-For is believed, with commas; see Fastify's trustProxy. */
  TATAMI_TRUST_PROXY: z.string().optional(),
  TATAMI_DATA_DIR: z.string().default('/var/lib/tatami/server'),
  TATAMI_RUNNER_SOCKET: z.string().default('/run/tatami/runner.sock'),
  /** tatami-handoff, which hands browsers' terminals to the runner; without it they pass the server itself. */
  TATAMI_HANDOFF: z.string().optional(),
  TATAMI_LABS_DIR: z.string(),
  TATAMI_WEB_DIR: z.string(),
  TATAMI_LOG_LEVEL: z.string().default('info'),
});
export type ServerConfig = z.infer<typeof ServerConfig>;
