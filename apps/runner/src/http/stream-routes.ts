import {
  AppError,
  ackEveryBytes,
  type CloseCode,
  closeCodes,
  Heartbeats,
  heartbeatMs,
  Rate,
  SandboxId,
  TerminalClientMessage,
  TerminalId,
} from '@tatami/protocol';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { Machine } from '../machines/machine.ts';
import type { Machines } from '../machines/machines.ts';
import type { TerminalClient } from '../terminals/attachment.ts';
import type { AttachOptions, Terminal } from '../terminals/terminal.ts';
import { showMap } from './map-socket.ts';

const StreamQuery = z.object({
  from: z.coerce.number().int().nonnegative().optional(),
  cols: z.coerce.number().int().min(2).max(500).default(80),
  rows: z.coerce.number().int().min(1).max(300).default(24),
  as: z.enum(['owner', 'standby', 'viewer']).default('owner'),
  /** `1`: a new shell when the last one has ended. */
  new: z.enum(['1']).optional(),
});

/** A paste of half a megabyte goes at once; what follows comes as fast as a shell may read it. */
const inputRate = { perSecond: 256 * 1024, burst: 512 * 1024 };
/** Resizes and what else is not asked for; an ack is, by the output that came before. */
const controlRate = { perSecond: 500, burst: 2000 };

const closeCodeOf = (error: unknown): CloseCode => {
  if (!(error instanceof AppError)) return closeCodes.shellMissing;
  return error.code === 'sandbox.not-ready' ? closeCodes.sandboxClosed : closeCodes.unknown;
};

/** The runner's WebSockets: the server's, and terminals of browsers that the server has let in. */
export const streamRoutes: FastifyPluginAsyncZod<{ machines: Machines }> = async (
  app,
  { machines },
) => {
  const heartbeats = new Heartbeats();
  /** How to let go of each client of a terminal. */
  const clients = new Set<() => void>();
  const heartbeat = setInterval(() => heartbeats.beat(), heartbeatMs);
  app.addHook('onClose', async () => clearInterval(heartbeat));

  // Whoever let them in is about to end.
  app.post('/terminals/hang-up', async (_request, reply) => {
    for (const letGo of [...clients]) letGo();
    return reply.code(204).send();
  });

  app.get('/sandboxes/:id/events', { websocket: true }, (socket, request) => {
    const params = z.object({ id: SandboxId }).safeParse(request.params);
    const machine = params.success ? machines.find(params.data.id) : undefined;
    if (!machine) return socket.close(closeCodes.sandboxClosed);
    const unsubscribe = machine.subscribe((event) => {
      socket.send(JSON.stringify(event));
      if (event.type === 'closed') socket.close(1000);
    });
    socket.on('close', unsubscribe);
  });

  app.get('/sandboxes/:id/map', { websocket: true }, (socket, request) => {
    const params = z.object({ id: SandboxId }).safeParse(request.params);
    const machine = params.success ? machines.find(params.data.id) : undefined;
    if (machine?.info.state !== 'ready') return socket.close(closeCodes.sandboxClosed);
    showMap(socket, machine);
  });

  app.get('/sandboxes/:id/terminals/:terminal/stream', { websocket: true }, (socket, request) => {
    const params = z.object({ id: SandboxId, terminal: TerminalId }).safeParse(request.params);
    const query = StreamQuery.safeParse(request.query);
    if (!params.success || !query.success) return socket.close(closeCodes.badMessage);
    const { new: fresh, ...options } = query.data;
    try {
      const machine = machines.get(params.data.id);
      const terminal = machine.terminal(params.data.terminal, options, fresh === '1');
      heartbeats.add(socket);
      const letGo = connect(socket, machine, terminal, { from: undefined, ...options });
      clients.add(letGo);
      socket.on('close', () => clients.delete(letGo));
    } catch (error) {
      request.log.warn({ err: error }, 'a terminal could not be attached');
      socket.close(closeCodeOf(error));
    }
  });
};

/** @returns how to close it for a server that ends: what is typed until the browser knows still counts. */
function connect(
  socket: WebSocket,
  machine: Machine,
  terminal: Terminal,
  options: AttachOptions,
): () => void {
  const input = new Rate(inputRate, Date.now());
  const controls = new Rate(controlRate, Date.now());
  let wait: NodeJS.Timeout | undefined;
  const client: TerminalClient = {
    control: (message) => socket.send(JSON.stringify(message)),
    output: (bytes) => {
      socket.send(bytes);
      controls.give(bytes.length / ackEveryBytes);
    },
    close: (code) => {
      // A paused socket would never see the answer to its close.
      socket.resume();
      socket.close(code);
    },
    get unsentBytes() {
      return socket.bufferedAmount;
    },
  };
  const leave = () => {
    clearTimeout(wait);
    terminal.detach(client);
  };
  socket.on('message', (data, isBinary) => {
    if (!terminal.isAttached(client)) return;
    const bytes = data as Buffer;
    if (!isBinary) {
      if (controls.take(1, Date.now()) > 0) terminal.detach(client, closeCodes.tooFast);
      else if (!control(terminal, client, bytes.toString('utf8')))
        terminal.detach(client, closeCodes.badMessage);
      return;
    }
    if (terminal.input(client, bytes)) machine.touch();
    const delayMs = input.take(bytes.length, Date.now());
    if (delayMs === 0) return;
    socket.pause();
    clearTimeout(wait);
    wait = setTimeout(() => socket.resume(), delayMs);
  });
  socket.on('close', leave);
  socket.on('error', leave);
  terminal.attach(client, options);
  return () => client.close(closeCodes.serverRestarting);
}

/** @returns false when the message breaks the protocol. */
function control(terminal: Terminal, client: TerminalClient, text: string): boolean {
  const { success, data } = TerminalClientMessage.safeParse(parseJson(text));
  if (!success) return false;
  if (data.type === 'ack') return terminal.acknowledge(client, data.offset);
  if (data.type === 'take') return terminal.take(client);
  terminal.resize(client, data);
  return true;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
