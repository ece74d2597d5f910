import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Answer,
  maxRecordingRangeBytes,
  OpenStep,
  RunnerEvent,
  RunnerHealth,
  SandboxInfo,
} from '@tatami/protocol';
import { openHost, type SandboxHost, until } from '@tatami/sandbox';
import { WebSocket } from 'ws';
import type { z } from 'zod';
import { bundleApp } from '../prepare/bundle.ts';
import { prepareImage } from '../prepare/image.ts';
import { type NativeParts, nativeSettings, prepareNative } from '../prepare/native.ts';
import { TerminalClient } from './terminal-client.ts';

/** Far longer than the slowest set-up of a step takes on a busy machine. */
const answerTimeoutMs = 60_000;

/** Programs and files that a runner is started from. */
export interface RunnerParts {
  bundle: string;
  rootfs: string;
  native: NativeParts;
}

/** Builds what is missing of them. */
export const prepareRunnerParts = async (): Promise<RunnerParts> => ({
  rootfs: await prepareImage(),
  native: await prepareNative(),
  bundle: await bundleApp('apps/runner/src/runner.ts', 'runner'),
});

/** A runner process of its own, with its folders, spoken to over its socket. */
export class RunnerProcess {
  readonly pid: number;
  /** The host as the runner sees it, to look at what it made. */
  readonly host: SandboxHost;
  readonly #child: ChildProcess;
  readonly #dir: string;
  #stderr = '';

  private constructor(child: ChildProcess, host: SandboxHost, dir: string) {
    this.#child = child;
    this.host = host;
    this.#dir = dir;
    this.pid = child.pid ?? 0;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
    });
  }

  /** @throws with the runner's own words when it does not come up. */
  static async start(parts: RunnerParts, seats: number, warm: number): Promise<RunnerProcess> {
    const dir = await mkdtemp(join(tmpdir(), 'tatami-rehearsal-'));
    // The sandbox's root, nobody on the host, has to reach the bundle below.
    await chmod(dir, 0o711);
    const stateDir = join(dir, 'state');
    const host = await openHost({ native: parts.native, rootfs: parts.rootfs, stateDir, seats });
    const env = {
      TATAMI_CONFIG: '',
      TATAMI_RUNNER_SOCKET: join(dir, 'socket/runner.sock'),
      TATAMI_STATE_DIR: stateDir,
      TATAMI_DATA_DIR: join(dir, 'data'),
      TATAMI_ROOTFS: parts.rootfs,
      ...nativeSettings(parts.native),
      TATAMI_SEATS: String(seats),
      TATAMI_WARM: String(warm),
      TATAMI_LOG_LEVEL: 'error',
    };
    // It ends with us, whatever ends us.
    const command = ['--pdeathsig', 'TERM', process.execPath, parts.bundle];
    const child = spawn('setpriv', command, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const runner = new RunnerProcess(child, host, dir);
    await until(() => child.exitCode !== null || existsSync(runner.#socket), {
      what: 'the runner listens',
    });
    if (child.exitCode !== null) throw new Error(`the runner ended: ${runner.#stderr.trim()}`);
    return runner;
  }

  get #socket(): string {
    return join(this.#dir, 'socket/runner.sock');
  }

  async create(): Promise<string> {
    return SandboxInfo.parse(await this.#request('POST', '/sandboxes', 201)).id;
  }

  /** Resolves once nothing is left of the sandbox. */
  async close(id: string): Promise<void> {
    await this.#request('DELETE', `/sandboxes/${id}`, 204);
  }

  async health(): Promise<RunnerHealth> {
    return RunnerHealth.parse(await this.#request('GET', '/health', 200));
  }

  async openStep(id: string, step: z.input<typeof OpenStep>): Promise<void> {
    await this.#request('PUT', `/sandboxes/${id}/step`, 200, OpenStep.parse(step));
  }

  /** Tells what a learner typed for a check. */
  async answer(id: string, checkId: string, answer: Answer): Promise<void> {
    await this.#request('PUT', `/sandboxes/${id}/answers/${checkId}`, 204, answer);
  }

  /** Calls `listener` with each event of a sandbox until it is closed; none is missed once this resolves. */
  async events(id: string, listener: (event: RunnerEvent) => void): Promise<void> {
    const socket = new WebSocket(`ws+unix:${this.#socket}:/sandboxes/${id}/events`);
    socket.on('message', (data) => listener(RunnerEvent.parse(JSON.parse(String(data)))));
    socket.on('error', () => undefined);
    // The first is the state as it is.
    await once(socket, 'message');
  }

  async info(id: string): Promise<SandboxInfo> {
    return SandboxInfo.parse(await this.#request('GET', `/sandboxes/${id}`, 200));
  }

  /** A shell in a sandbox, a new one where the last has ended. */
  attach(id: string, terminal = '1', from = 0): TerminalClient {
    const path = `/sandboxes/${id}/terminals/${terminal}/stream?new=1&from=${from}`;
    return new TerminalClient(`ws+unix:${this.#socket}:${path}`);
  }

  /** The last MiB of what was kept of a terminal's output, as text. */
  async recording(id: string, terminal: string): Promise<string> {
    const path = `/sandboxes/${id}/terminals/${terminal}/recording/bytes`;
    return String(await this.#request('GET', `${path}?most=${maxRecordingRangeBytes}`, 200));
  }

  /** Ends the runner as an operator does. @throws with its own words when it could not close cleanly. */
  async stop(): Promise<void> {
    const code = await this.#end();
    if (code !== 0) throw new Error(`the runner ended with ${code}: ${this.#stderr.trim()}`);
  }

  /** Removes the folders; to be called after what is left was counted. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #end(): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await exited;
    }
    return this.#child.exitCode;
  }

  #request(method: string, path: string, expected: number, body?: unknown): Promise<unknown> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    return new Promise((resolve, reject) => {
      const call = http.request({ socketPath: this.#socket, method, path, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        answer.on('end', () => {
          const isJson = answer.headers['content-type']?.includes('json');
          if (answer.statusCode === expected) resolve(isJson ? JSON.parse(text) : text);
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
        });
      });
      call.setTimeout(answerTimeoutMs, () =>
        call.destroy(new Error(`${method} ${path}: no answer within ${answerTimeoutMs} ms`)),
      );
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
