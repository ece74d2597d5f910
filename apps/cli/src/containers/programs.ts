import { join } from 'node:path';
import { runCommand } from '@tatami/sandbox';
import { installDebianPackages } from '../prepare/debian.ts';
import { unpackDebianPackages } from '../prepare/unpacked.ts';

/** Docker Engine with its client, and Compose. */
export interface Programs {
  /** Folders of the Engine's programs, for PATH. */
  path: string;
  /** Bound into containers as their PID 1. */
  init: string;
  compose: string[];
  /** What was found, for people. */
  about: string;
}

/** Docker Engine of Debian's packages, and Compose in whichever version there is, Debian's own unless one is installed. */
export async function preparePrograms(): Promise<Programs> {
  await installDebianPackages(['slirp4netns', 'iproute2', 'util-linux', 'mmdebstrap']);
  const dir = await unpackDebianPackages('docker', {
    packages: ['docker.io', 'containerd', 'tini'],
    libraries: ['libdevmapper1.02.1', 'libsystemd0', 'runc'],
  });
  const path = ['usr/bin', 'usr/sbin'].map((folder) => join(dir, folder)).join(':');
  const compose = await findCompose();
  const engine = await runCommand(join(dir, 'usr/sbin/dockerd'), ['--version']);
  const version = await runCommand(compose[0] ?? '', [...compose.slice(1), 'version', '--short']);
  return {
    ...{ path, compose, init: join(dir, 'usr/bin/tini-static') },
    about: `${engine.stdout.trim()}; ${compose.join(' ')} ${version.stdout.trim()}`,
  };
}

async function findCompose(): Promise<string[]> {
  for (const compose of [['docker', 'compose'], ['docker-compose']]) {
    const [file = '', ...args] = compose;
    const { status } = await runCommand(file, [...args, 'version']).catch(() => ({ status: 1 }));
    if (status === 0) return compose;
  }
  await installDebianPackages(['docker-compose']);
  return ['docker-compose'];
}
