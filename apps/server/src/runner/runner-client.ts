import type { IncomingHttpHeaders } from 'node:http';
import {
  type Answer,
  AppError,
  ErrorBody,
  LearnerPath,
  maxClientFrameBytes,
  type OpenStep,
  offsetHeader,
  RecordingIndex,
  type RecordingRange,
  RunnerHealth,
  SandboxInfo,
  TerminalId,
} from '@tatami/protocol';
import { Agent, request } from 'undici';
import { WebSocket } from 'ws';
import { z } from 'zod';

/** A step's start state may take its time; everything else answers sooner. */
const timeoutMs = 40_000;
/** Connection refused or cut: the runner is down or being restarted. */
const connectTimeoutMs = 2_000;

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** Where the runner has a terminal's stream; `query` as the browser sent it: the runner judges it (docs/protocol.md R5). */
export const terminalPath = (id: string, terminal: string, query: string): string =>
  `/sandboxes/${id}/terminals/${terminal}/stream${query}`;

/** The runner's HTTP and WebSocket interface (packages/protocol runner-api.ts) over its Unix socket. */
export class RunnerClient {
  readonly #socketPath: string;
  readonly #agent: Agent;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
    this.#agent = new Agent({
      connect: { socketPath, timeout: connectTimeoutMs },
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
  }

  /** @throws `runner.unreachable` when it does not answer in time. */
  async health(timeoutMs: number): Promise<RunnerHealth> {
    const { bytes } = await this.#answer('GET', '/health', undefined, timeoutMs);
    return RunnerHealth.parse(JSON.parse(bytes.toString()));
  }

  /** Its metrics, as text for Prometheus. @throws as `health`. */
  async metrics(timeoutMs: number): Promise<string> {
    return (await this.#answer('GET', '/metrics', undefined, timeoutMs)).bytes.toString();
  }

  create(): Promise<SandboxInfo> {
    return this.#call(SandboxInfo, 'POST', '/sandboxes');
  }

  async remove(id: string): Promise<void> {
    await this.#send('DELETE', `/sandboxes/${id}`);
  }

  extend(id: string): Promise<SandboxInfo> {
    return this.#call(SandboxInfo, 'POST', `/sandboxes/${id}/extend`);
  }

  openStep(id: string, step: OpenStep): Promise<SandboxInfo> {
    return this.#call(SandboxInfo, 'PUT', `/sandboxes/${id}/step`, step);
  }

  /** Tells what was typed for a check of the open step. */
  async answer(id: string, checkId: string, answer: Answer): Promise<void> {
    await this.#send('PUT', `/sandboxes/${id}/answers/${checkId}`, answer);
  }

  /** What the learner has typed in the drill that is open there. */
  commands(id: string): Promise<LearnerPath> {
    return this.#call(LearnerPath, 'GET', `/sandboxes/${id}/commands`);
  }

  /** As it is now. @throws `sandbox.unknown`. */
  sandbox(id: string): Promise<SandboxInfo> {
    return this.#call(SandboxInfo, 'GET', `/sandboxes/${id}`);
  }

  list(): Promise<SandboxInfo[]> {
    return this.#call(z.array(SandboxInfo), 'GET', '/sandboxes');
  }

  /** Resolves once all that terminals have shown until now is in their recordings. */
  async flush(): Promise<void> {
    await this.#send('POST', '/recordings/flush');
  }

  /** Terminals whose output was kept, of a closed machine too. */
  recordings(id: string): Promise<TerminalId[]> {
    return this.#call(z.array(TerminalId), 'GET', `/sandboxes/${id}/recordings`);
  }

  /** When a terminal's output came, of a closed machine too. @throws `recording.unknown`. */
  recording(id: string, terminal: string): Promise<RecordingIndex> {
    return this.#call(RecordingIndex, 'GET', `/sandboxes/${id}/terminals/${terminal}/recording`);
  }

  /** Closes the machine if it runs, and deletes what was recorded of it. Idempotent. */
  async deleteRecordings(id: string): Promise<void> {
    await this.#send('DELETE', `/sandboxes/${id}/recordings`);
  }

  /** A piece of a terminal's output and its offset, of a closed machine too. @throws `recording.unknown`. */
  async recorded(
    id: string,
    terminal: string,
    { from, most }: RecordingRange,
  ): Promise<{ offset: number; bytes: Buffer }> {
    const path = `/sandboxes/${id}/terminals/${terminal}/recording/bytes`;
    const query = `?most=${most}${from === undefined ? '' : `&from=${from}`}`;
    const { bytes, headers } = await this.#answer('GET', path + query);
    return { offset: z.coerce.number().parse(headers[offsetHeader]), bytes };
  }

  events(id: string): WebSocket {
    return this.#socket(`/sandboxes/${id}/events`);
  }

  map(id: string): WebSocket {
    return this.#socket(`/sandboxes/${id}/map`);
  }

  terminal(...address: Parameters<typeof terminalPath>): WebSocket {
    return this.#socket(terminalPath(...address));
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #socket(path: string): WebSocket {
    return new WebSocket(`ws+unix:${this.#socketPath}:${path}`, {
      perMessageDeflate: false,
      handshakeTimeout: connectTimeoutMs,
      // Replay of a whole ring comes as one frame.
      maxPayload: 64 * maxClientFrameBytes,
    });
  }

  async #call<T>(
    schema: z.ZodType<T>,
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    body?: object,
  ): Promise<T> {
    return schema.parse(JSON.parse((await this.#send(method, path, body)).toString()));
  }

  async #send(method: Method, path: string, body?: object): Promise<Buffer> {
    return (await this.#answer(method, path, body)).bytes;
  }

  /** @throws AppError with the runner's own code, or `runner.unreachable`. */
  async #answer(
    method: Method,
    path: string,
    body?: object,
    withinMs = 2 * timeoutMs,
  ): Promise<{ bytes: Buffer; headers: IncomingHttpHeaders }> {
    const { statusCode, headers, bytes } = await request(`http://runner${path}`, {
      dispatcher: this.#agent,
      method,
      signal: AbortSignal.timeout(withinMs),
      ...(body
        ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
        : {}),
    })
      .then(async (answer) => ({
        statusCode: answer.statusCode,
        headers: answer.headers,
        bytes: Buffer.from(await answer.body.arrayBuffer()),
      }))
      .catch((cause: unknown) => {
        throw new AppError('runner.unreachable', { cause });
      });
    if (statusCode < 400) return { bytes, headers };
    const known = ErrorBody.safeParse(parseJson(bytes.toString()));
    const cause = new Error(`the runner answered ${statusCode} to ${method} ${path}`);
    throw new AppError(known.success ? known.data.error.code : 'internal', { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
