import { join } from 'node:path';
import { until } from '@tatami/sandbox';
import { cloneRoot } from '../paths.ts';
import type { Engine } from './engine.ts';

const project = 'tatami-test';
const healthTimeoutMs = 60_000;
const stopTimeoutMs = 120_000;
const buildTimeoutMs = 1_200_000;

/** The services of docker-compose.yml on an engine of ours; browsers reach them at `publicUrl`. */
export class Composed {
  readonly port = 8420;
  readonly publicUrl = 'http://127.0.0.1:8421';
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Builds both images of the Dockerfile; a layer whose sources are as they were is taken as it is. */
  async build(): Promise<void> {
    // The first by a name too, or it would be pruned and not there for the next time.
    for (const target of ['build', 'server', 'runner'])
      await this.#engine.docker(
        // The engine's own network: there is no firewall that would lead elsewhere.
        ['build', '--network', 'host', '--target', target, '--tag', `tatami-${target}`, cloneRoot],
        { timeoutMs: buildTimeoutMs },
      );
    await this.#engine.docker(['image', 'prune', '--force'], { timeoutMs: buildTimeoutMs });
  }

  async up(): Promise<void> {
    await this.#compose(['up', '--detach', '--no-build']);
  }

  /** Host pid of a service's PID 1. */
  async pidOf(service: string): Promise<number> {
    return Number(await this.#inspect(service, '{{.State.Pid}}'));
  }

  /** Resolves once both health checks have said so. */
  async healthy(): Promise<void> {
    for (const service of ['server', 'runner'])
      await until(
        async () => (await this.#inspect(service, '{{.State.Health.Status}}')) === 'healthy',
        { what: `the ${service} is healthy`, everyMs: 500, timeoutMs: healthTimeoutMs },
      );
  }

  /** Backs up and restores as docs/containers.md says; `folder` is /backups there. @returns what it said. */
  async upkeep(folder: string, ...args: string[]): Promise<string> {
    const run = ['run', '--rm', '--no-deps', '--entrypoint', 'node'];
    const upkeep = ['runner', '/opt/tatami/current/upkeep.mjs', ...args];
    return (await this.#compose([...run, '--volume', `${folder}:/backups`, ...upkeep])).trim();
  }

  async logs(): Promise<string> {
    return this.#compose(['logs', '--no-color', '--tail', '40']).catch(String);
  }

  /** Stops both as an operator does. @throws when one did not end well. */
  async stop(): Promise<void> {
    await this.#compose(['stop'], stopTimeoutMs);
    for (const service of ['server', 'runner']) {
      const code = await this.#inspect(service, '{{.State.ExitCode}}');
      if (code !== '0') throw new Error(`the ${service} ended with ${code}: ${await this.logs()}`);
    }
  }

  /** Removes containers, volumes and network; the images stay. */
  async down(): Promise<void> {
    await this.#compose(['down', '--volumes'], stopTimeoutMs);
  }

  async #inspect(service: string, format: string): Promise<string> {
    const id = (await this.#compose(['ps', '--quiet', service])).trim();
    return (await this.#engine.docker(['inspect', '--format', format, id])).trim();
  }

  #compose(args: string[], timeoutMs?: number): Promise<string> {
    const settings = { TATAMI_PORT: String(this.port), TATAMI_PUBLIC_URL: this.publicUrl };
    const files = ['--project-name', project, '--project-directory', cloneRoot];
    const options = ['--file', join(cloneRoot, 'docker-compose.yml'), ...files];
    return this.#engine.compose([...options, ...args], settings, timeoutMs ? { timeoutMs } : {});
  }
}
