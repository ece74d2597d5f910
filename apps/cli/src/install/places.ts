import { join } from 'node:path';
import { installDir } from '../prepare/program.ts';

/** Where an installed host has what its services run from; packaging/systemd names the same. */
export const places = {
  /** A link to the program in use: runner.mjs, server.mjs, web, labs, runner.env, server.env. */
  current: join(installDir, 'current'),
  /** A link to the Node.js in use. */
  node: join(installDir, 'node/bin/node'),
  settings: '/etc/tatami/tatami.env',
  units: '/etc/systemd/system',
  command: '/usr/local/bin/tatami',
};

/** In the order in which they are started. */
export const unitNames = ['tatami-server.service', 'tatami-runner.service'];

export const folders = { dataDir: '/var/lib/tatami', runDir: '/run/tatami' };
