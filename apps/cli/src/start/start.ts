import http from 'node:http';
import https from 'node:https';
import { requireRoot } from '../prepare/debian.ts';
import { type PreparedHost, prepareHost } from '../prepare/host.ts';
import { asServiceUser, readableNode } from '../prepare/service-user.ts';
import { makeFolders, runnerSettings, runnerSocket, serverSettings } from '../prepare/settings.ts';
import { settingsForServices } from '../settings/option.ts';
import { UserError } from '../user-error.ts';
import { printJoins, withQr } from './join-board.ts';
import { requirePlaces } from './requirements.ts';
import { transportText } from './room.ts';
import { Service, startInTurn } from './service.ts';
import { setupLink } from './setup-link.ts';
import { type Certificate, installCertificate } from './tls.ts';

/** Where and how to run; every one has a setting in the environment too. */
export interface StartOptions {
  host: string;
  port: number;
  publicUrl: string | undefined;
  dataDir: string;
  runDir: string;
  /** Lessons to offer instead of those that come along; the server's user must be able to read them. */
  labsDir: string | undefined;
  /** A workshop's room: says how others on the network come in. */
  room: boolean;
  /** What https is spoken with; undefined: http. */
  certificate: Certificate | undefined;
}

/**
 * Prepares what is missing, runs runner and server, and stops both on SIGINT or SIGTERM.
 * @returns when both have ended. @throws UserError in one sentence when it cannot.
 */
export async function start(options: StartOptions): Promise<void> {
  requireRoot();
  const socket = runnerSocket(options);
  if (await answers({ socketPath: socket, path: '/health' }))
    throw new UserError(`Tatami runs already (${socket} answers); stop it first.`);
  await requirePlaces(options);
  const host = await prepareHost();
  await makeFolders(options);
  const tls =
    options.certificate && (await installCertificate(options.certificate, options.runDir));

  let end: (error?: UserError) => void = () => undefined;
  const ended = new Promise<UserError | undefined>((resolve) => {
    end = resolve;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => end());
  const services = [
    new Service(runnerSpec(options, host), end),
    new Service(await serverSpec(options, host, tls), end),
  ];
  try {
    if (!(await startInTurn(services, ended))) return;
    await greet(options);
    const stopPrinting = options.room ? printJoins(options.dataDir, addressOf(options), say) : null;
    const error = await ended;
    stopPrinting?.();
    if (error) throw error;
  } finally {
    // The runner first: the server tells learners how their machines have ended, and saves it.
    for (const service of services) await service.stop();
  }
}

const say = (text: string): void => void process.stdout.write(text);

/** Says where Tatami is found, and in a room how learners get there. */
async function greet(options: StartOptions): Promise<void> {
  const address = addressOf(options);
  const link = await setupLink(options.dataDir, address);
  say(`Tatami is ready: ${options.room ? withQr(address) : `${address}\n`}`);
  if (options.room) say(`${transportText(address, options.certificate !== undefined)}\n`);
  if (link) say(`The first account, to run workshops, is made here, once: ${link}\n`);
  if (options.room) say('Once a workshop is made, its join code and QR code are printed here.\n');
  say(`(Ctrl+C stops it; progress stays in ${options.dataDir}.)\n`);
}

function runnerSpec(options: StartOptions, host: PreparedHost) {
  return {
    name: 'runner',
    command: ['setpriv', '--pdeathsig', 'TERM', process.execPath, host.program.runner] as [
      string,
      ...string[],
    ],
    env: { ...settings(), ...runnerSettings(options, host) },
    isReady: () => answers({ socketPath: runnerSocket(options), path: '/health' }),
  };
}

async function serverSpec(options: StartOptions, prepared: PreparedHost, tls?: Certificate) {
  const { host, port, publicUrl, labsDir } = options;
  const reached = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  return {
    name: 'server',
    command: ['setpriv', ...asServiceUser, await readableNode(), prepared.program.server] as [
      string,
      ...string[],
    ],
    env: {
      ...settings(),
      TATAMI_HOST: host,
      TATAMI_PORT: String(port),
      TATAMI_PUBLIC_URL: publicUrl ?? '',
      TATAMI_TLS_CERT: tls?.cert ?? '',
      TATAMI_TLS_KEY: tls?.key ?? '',
      TATAMI_LABS: labsDir ?? '',
      ...serverSettings(options, prepared),
    },
    isReady: () => answers({ host: reached, port, path: '/healthz' }, tls ? https : http),
  };
}

/** What is set goes through; what this command decides comes after it. */
const settings = (): Record<string, string> => ({
  TATAMI_LOG_LEVEL: 'warn',
  ...settingsForServices(),
});

/** Where browsers find it. */
export function addressOf({
  host,
  port,
  publicUrl,
  certificate,
}: Pick<StartOptions, 'host' | 'port' | 'publicUrl'> &
  Partial<Pick<StartOptions, 'certificate'>>): string {
  if (publicUrl) return publicUrl;
  const scheme = certificate ? 'https' : 'http';
  const shown = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host;
  return new URL(`${scheme}://${shown.includes(':') ? `[${shown}]` : shown}:${port}`).href;
}

/** Whether an HTTP server answers 200 there; its certificate is for another name than this. */
export function answers(
  options: http.RequestOptions,
  scheme: Pick<typeof https, 'get'> = http,
): Promise<boolean> {
  const all = { ...options, timeout: 2_000, agent: false as const, rejectUnauthorized: false };
  return new Promise((resolve) => {
    const request = scheme.get(all, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}
