import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import websocket from '@fastify/websocket';
import {
  Answer,
  AppError,
  type CheckVerdict,
  closeCodes,
  doorPath,
  type ErrorCode,
  type Evidence,
  type LearnerPath,
  OpenStep,
  offsetHeader,
  type RecordingIndex,
  RecordingRange,
  type RunnerEvent,
  type RunnerHealth,
  readHandedOver,
  type SandboxInfo,
  TerminalClientMessage,
  type TerminalServerMessage,
  version,
} from '@tatami/protocol';
import { metricsType, openMetrics, runnerMetrics } from '@tatami/telemetry';
import Fastify from 'fastify';
import type { WebSocket } from 'ws';

/** All of it came at once. */
const indexOf = (bytes: Buffer): RecordingIndex => ({
  ...{ startedAt: '2026-01-02T03:04:05.000Z', start: 0, end: bytes.length, cols: 80, rows: 24 },
  ...{ outputs: [[0, bytes.length]], resizes: [], gaps: [] },
});

/** One machine of the echo runner. */
class EchoMachine {
  readonly id = randomBytes(6).toString('hex');
  readonly createdAt = new Date();
  step: OpenStep | undefined;
  readonly events = new Set<WebSocket>();
  /** Who follows its map, which has no process. */
  readonly maps = new Set<WebSocket>();
  readonly answers = new Map<string, Answer>();
  verdicts: CheckVerdict[] = [];
  /** What the learner typed in the drill that is open. */
  path: LearnerPath = { lines: [], omitted: 0 };
  readonly output = new Map<string, Buffer>();
  /** Who shows a terminal; the last one that came is its owner. */
  readonly clients = new Map<string, WebSocket[]>();
  stepOpenedAt: string | null = null;

  get info(): SandboxInfo {
    const after = (minutes: number) =>
      new Date(this.createdAt.getTime() + minutes * 60_000).toISOString();
    return {
      id: this.id,
      state: 'ready',
      createdAt: this.createdAt.toISOString(),
      idleDeadline: after(60),
      absoluteDeadline: after(240),
      extendable: true,
      lookedAt: null,
      stepOpenedAt: this.stepOpenedAt,
      terminals: [...this.output].map(([id, { length }]) => ({ id, offset: length, alive: true })),
    };
  }

  emit(event: RunnerEvent): void {
    for (const socket of this.events) socket.send(JSON.stringify(event));
  }

  /** A terminal whose shell is `cat`; typing `pass ID` makes that check pass. */
  type(terminal: string, bytes: Buffer): void {
    this.output.set(terminal, Buffer.concat([this.output.get(terminal) ?? Buffer.of(), bytes]));
    for (const client of this.clients.get(terminal) ?? []) client.send(bytes);
    const checkId = bytes.toString().match(/^pass (\S+)/)?.[1];
    if (checkId) this.pass(checkId);
  }

  pass(checkId: string, facts: Evidence['facts'] = []): void {
    const evidence = { at: new Date().toISOString(), facts, offsets: this.offsets };
    this.decide({ checkId, verdict: { status: 'passed', evidence } });
  }

  get offsets(): Evidence['offsets'] {
    const { id: machine } = this;
    return [...this.output].map(([terminal, { length }]) => ({
      ...{ terminal, offset: length, machine },
    }));
  }

  open(step: OpenStep): void {
    this.step = step;
    this.stepOpenedAt = new Date().toISOString();
    this.verdicts = [];
    this.path = { lines: [], omitted: 0 };
    this.answers.clear();
    for (const [checkId, answer] of Object.entries(step.answers)) this.answer(checkId, answer);
  }

  /** A line that helped, in a drill. */
  run(command: string, ...ticked: string[]): void {
    if (!this.step?.drill) return;
    const at = new Date().toISOString();
    this.path.lines.push({ at, command, exitCode: 0, ticked, helped: true });
    for (const check of ticked) this.pass(check, [{ name: 'command', value: command }]);
  }

  /** The cause is the check's; the value that proves it is always `proof`. */
  answer(checkId: string, answer: Answer): void {
    const wanted = this.step?.checks.find(({ id }) => id === checkId)?.answer;
    if (!wanted) throw new AppError('check.no-answer');
    this.answers.set(checkId, answer);
    const { cause, value } = answer;
    if (cause === wanted.cause && value === 'proof')
      this.pass(checkId, [{ name: 'answer', value: `${cause}: ${value}` }]);
    else {
      const key = cause === wanted.cause ? 'reason.answer-value' : 'reason.answer-cause';
      const reason = { key, params: { value } };
      this.decide({ checkId, verdict: { status: 'not-yet', reason } });
    }
  }

  decide(verdict: CheckVerdict): void {
    if (!this.step) return;
    this.verdicts = this.verdicts.filter(({ checkId }) => checkId !== verdict.checkId);
    this.verdicts.push(verdict);
    this.emit({ type: 'verdict', stepId: this.step.stepId, verdict });
  }
}

/**
 * A second real implementation of the runner's interface: machines without a kernel, whose terminals
 * echo. It speaks over a real Unix socket, can refuse, be stopped and be started again.
 */
export async function startEchoRunner(socketPath: string, handoff?: string) {
  const machines = new Map<string, EchoMachine>();
  const recordings = new Map<string, Buffer>();
  const state: {
    refusal: ErrorCode | undefined;
    pathRefusal: ErrorCode | undefined;
    pathsTold: number;
    /** What the machine still does when it is asked to open a step. */
    beforeOpening: (machine: EchoMachine) => void;
  } = {
    refusal: undefined,
    pathRefusal: undefined,
    pathsTold: 0,
    beforeOpening: () => undefined,
  };
  const app = Fastify();
  app.setErrorHandler((error, _request, reply) =>
    error instanceof AppError ? reply.code(error.status).send(error.body) : reply.send(error),
  );
  await app.register(websocket);
  const find = (params: unknown): EchoMachine => {
    const machine = machines.get((params as { id: string }).id);
    if (!machine) throw new AppError('sandbox.unknown');
    return machine;
  };
  const remove = (machine: EchoMachine, reason: 'requested' | 'idle') => {
    machines.delete(machine.id);
    for (const [terminal, bytes] of machine.output)
      recordings.set(`${machine.id}/${terminal}`, bytes);
    for (const client of [...[...machine.clients.values()].flat(), ...machine.maps])
      client.close(closeCodes.sandboxClosed);
    machine.emit({ type: 'closed', reason });
  };

  const { text } = openMetrics(runnerMetrics);

  await app.register(async (routes) => {
    routes.get(
      '/health',
      async (): Promise<RunnerHealth> => ({
        version,
        events: { kind: 'none', detail: 'an echo has no kernel', records: 0, lost: 0 },
        seats: { total: 1000, used: machines.size, warm: 0 },
        cgroupVersion: 2,
      }),
    );
    routes.get('/metrics', async (_request, reply) => reply.type(metricsType).send(await text()));
    routes.post('/sandboxes', async (_request, reply) => {
      if (state.refusal) throw new AppError(state.refusal);
      const machine = new EchoMachine();
      machines.set(machine.id, machine);
      return reply.code(201).send(machine.info);
    });
    // What it keeps is in memory.
    routes.post('/recordings/flush', async (_request, reply) => reply.code(204).send());
    routes.get('/sandboxes', async () => [...machines.values()].map(({ info }) => info));
    routes.get('/sandboxes/:id/recordings', async ({ params }) => {
      const { id } = params as { id: string };
      return [...recordings.keys()]
        .filter((key) => key.startsWith(`${id}/`))
        .map((key) => key.slice(id.length + 1));
    });
    routes.delete('/sandboxes/:id/recordings', async ({ params }, reply) => {
      if (state.refusal) throw new AppError(state.refusal);
      const { id } = params as { id: string };
      const machine = machines.get(id);
      if (machine) remove(machine, 'requested');
      for (const key of recordings.keys()) if (key.startsWith(`${id}/`)) recordings.delete(key);
      return reply.code(204).send();
    });
    routes.get('/sandboxes/:id', async ({ params }) => {
      const machine = machines.get((params as { id: string }).id);
      if (!machine) throw new AppError('sandbox.unknown');
      return machine.info;
    });
    routes.delete('/sandboxes/:id', async ({ params }, reply) => {
      const machine = machines.get((params as { id: string }).id);
      if (machine) remove(machine, 'requested');
      return reply.code(204).send();
    });
    routes.post('/sandboxes/:id/extend', async ({ params }) => {
      find(params);
      throw new AppError('machine.limit');
    });
    routes.put('/sandboxes/:id/step', async ({ params, body }) => {
      const machine = find(params);
      if (state.refusal) throw new AppError(state.refusal);
      state.beforeOpening(machine);
      machine.open(OpenStep.parse(body));
      return machine.info;
    });
    routes.put('/sandboxes/:id/answers/:checkId', async ({ params, body }, reply) => {
      const machine = find(params);
      if (state.refusal) throw new AppError(state.refusal);
      machine.answer((params as { checkId: string }).checkId, Answer.parse(body));
      return reply.code(204).send();
    });
    routes.get('/sandboxes/:id/commands', async ({ params }) => {
      const { path } = find(params);
      if (state.pathRefusal) throw new AppError(state.pathRefusal);
      state.pathsTold++;
      return path;
    });
    const recorded = (params: unknown): Buffer => {
      const { id, terminal } = params as { id: string; terminal: string };
      const live = machines.get(id)?.output.get(terminal);
      const bytes = live ?? recordings.get(`${id}/${terminal}`);
      if (!bytes) throw new AppError('recording.unknown');
      return bytes;
    };
    routes.get('/sandboxes/:id/terminals/:terminal/recording', async ({ params }) =>
      indexOf(recorded(params)),
    );
    routes.get(
      '/sandboxes/:id/terminals/:terminal/recording/bytes',
      async ({ params, query }, reply) => {
        const bytes = recorded(params);
        const { from, most } = RecordingRange.parse(query);
        const offset = Math.min(from ?? Math.max(0, bytes.length - most), bytes.length);
        return reply.header(offsetHeader, offset).send(bytes.subarray(offset, offset + most));
      },
    );
    routes.get('/sandboxes/:id/events', { websocket: true }, (socket, { params }) => {
      const machine = machines.get((params as { id: string }).id);
      if (!machine) return socket.close(closeCodes.sandboxClosed);
      machine.events.add(socket);
      socket.on('close', () => machine.events.delete(socket));
      const { info, verdicts, step } = machine;
      const stepId = step?.stepId ?? null;
      socket.send(JSON.stringify({ type: 'state', sandbox: info, stepId, verdicts }));
    });
    routes.get('/sandboxes/:id/map', { websocket: true }, (socket, { params }) => {
      const machine = machines.get((params as { id: string }).id);
      if (!machine) return socket.close(closeCodes.sandboxClosed);
      machine.maps.add(socket);
      socket.on('close', () => machine.maps.delete(socket));
      const nothing = { seq: 0, at: 0, processes: [], namespaces: [], deeds: [], cut: false };
      socket.send(JSON.stringify({ type: 'past', picture: nothing, changes: [] }));
    });
    routes.get(
      '/sandboxes/:id/terminals/:terminal/stream',
      { websocket: true },
      (socket, request) => {
        const { id, terminal } = request.params as { id: string; terminal: string };
        const machine = machines.get(id);
        if (!machine) return socket.close(closeCodes.unknown);
        const { from: asked = '0', as } = request.query as { from?: string; as?: string };
        const role = as === 'viewer' ? 'viewer' : 'owner';
        const earlier = machine.clients.get(terminal) ?? [];
        const viewer = { type: 'role', role: 'viewer' } satisfies TerminalServerMessage;
        if (role === 'owner') earlier.at(-1)?.send(JSON.stringify(viewer));
        machine.clients.set(
          terminal,
          role === 'owner' ? [...earlier, socket] : [socket, ...earlier],
        );
        socket.on('close', () => {
          const left = machine.clients.get(terminal) ?? [];
          machine.clients.set(
            terminal,
            left.filter((one) => one !== socket),
          );
        });
        const held = machine.output.get(terminal) ?? Buffer.of();
        const isNew = !machine.output.has(terminal);
        machine.output.set(terminal, held);
        if (isNew) machine.emit({ type: 'sandbox', sandbox: machine.info });
        const from = Number(asked);
        const hello = {
          type: 'hello',
          offset: from,
          liveOffset: held.length,
          snapshot: null,
          role,
          cols: 80,
          rows: 24,
        } satisfies TerminalServerMessage;
        socket.send(JSON.stringify(hello));
        if (held.length > from) socket.send(held.subarray(from));
        socket.on('message', (data: Buffer, isBinary) => {
          if (isBinary && role === 'owner') machine.type(terminal, data);
          if (isBinary) return;
          const message = TerminalClientMessage.safeParse(JSON.parse(data.toString())).data;
          if (!message) socket.close(closeCodes.badMessage);
          if (message?.type !== 'take' || role === 'viewer') return;
          const others = (machine.clients.get(terminal) ?? []).filter((one) => one !== socket);
          others.at(-1)?.send(JSON.stringify(viewer));
          machine.clients.set(terminal, [...others, socket]);
          const owner = { type: 'role', role: 'owner' } satisfies TerminalServerMessage;
          socket.send(JSON.stringify(owner));
        });
      },
    );
  });
  await mkdir(dirname(socketPath), { recursive: true });
  await rm(socketPath, { force: true });
  await app.listen({ path: socketPath });
  const door = handoff === undefined ? undefined : openDoor(handoff, socketPath, app.server);
  return {
    /** Browsers that the server has handed over and that are here. */
    visitors: () => door?.visitors.size ?? 0,
    state,
    machines,
    /** The machine ends by itself. */
    expire: (machine: EchoMachine) => remove(machine, 'idle'),
    /** What closed machines have printed is no longer kept. */
    forgetRecordings: () => recordings.clear(),
    recordings: () => [...recordings.keys()],
    async [Symbol.asyncDispose]() {
      door?.child.kill();
      await app.close();
    },
  };
}

/** Answers browsers that the server hands over as if they had come by themselves. */
function openDoor(program: string, socketPath: string, server: Server) {
  const child = spawn(program, ['take', doorPath(socketPath), '-1'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const visitors = new Set<Socket>();
  let lease: Socket | undefined;
  child.on('message', (text, handle) => {
    const socket = handle as Socket;
    const request = readHandedOver(text);
    if (!request) {
      lease = socket;
      return;
    }
    const held = lease;
    visitors.add(socket);
    socket.on('error', () => undefined).on('close', () => held?.destroy());
    socket.on('close', () => visitors.delete(socket));
    let isTold = false;
    held?.on('data', (said: Buffer) => {
      isTold = true;
      const code = Number(said);
      // A close frame (RFC 6455 section 5.5.1).
      socket.end(Buffer.from([0x88, 2, code >> 8, code & 0xff]));
    });
    held?.on('close', () => {
      if (!isTold) socket.destroy();
    });
    const headers = {
      ...{ upgrade: 'websocket', connection: 'Upgrade', host: 'runner' },
      ...{ 'sec-websocket-version': '13', 'sec-websocket-key': request.key },
    };
    const handshake = { method: 'GET', url: request.path, headers };
    server.emit(
      'upgrade',
      Object.assign(new IncomingMessage(socket), handshake),
      socket,
      Buffer.of(),
    );
  });
  return { child, visitors };
}
