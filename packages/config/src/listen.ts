import { once } from 'node:events';
import { createServer } from 'node:net';

interface Place {
  host: string;
  port: number;
}

/** Listens there for a moment. @throws one sentence when that cannot be done. */
export async function requireFreePort(place: Place): Promise<void> {
  const trial = createServer();
  try {
    await once(trial.listen(place), 'listening');
  } catch (cause) {
    throw new Error(whyNotListen(cause, place), { cause });
  }
  await once(trial.close(), 'close');
}

/** In one sentence, why nobody can listen there and what to do; `error` is Node's. */
export function whyNotListen(error: unknown, { host, port }: Place): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} of ${host} is in use; stop what listens there, or choose another with TATAMI_PORT.`;
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${host}; set TATAMI_HOST to one that it has.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the name ${host} leads to no address; set TATAMI_HOST to an address of this machine.`;
    case 'EACCES':
      return `port ${port} is for root alone; choose one above 1023 with TATAMI_PORT, with a proxy before it if need be.`;
    default:
      return `nobody can listen on port ${port} of ${host}: ${message}.`;
  }
}
