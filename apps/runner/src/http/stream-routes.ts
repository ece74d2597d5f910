import { IncomingMessage } from 'node:http';
import {
  AppError,
  ackEveryBytes,
  type CloseCode,
  closeCodes,
  Heartbeats,
  heartbeatMs,
  LeaseEnd,
  Rate,
  SandboxId,
  TerminalClientMessage,
  TerminalId,
} from '@tatami/protocol';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Machine } from '../machines/machine.ts';
import type { Machines } from '../machines/machines.ts';
import type { TerminalClient } from '../terminals/attachment.ts';
import type { AttachOptions, Terminal } from '../terminals/terminal.ts';
import type { Door, Visitor } from './door.ts';
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

/** RFC 6455 section 7.4.1. */
const internalError = 1011;
/** What of the runner's a browser may have itself. */
const terminalPath = /^\/sandboxes\/([^/?]+)\/terminals\/([^/?]+)\/stream(?:\?(.*))?$/;

interface Options {
  machines: Machines;
  /** None where no browser is handed over. */
  door: Door | undefined;
}

/** The runner's WebSockets: the server's, and terminals of browsers that the server has let in. */
export const streamRoutes: FastifyPluginAsyncZod<Options> = async (app, { machines, door }) => {
  const heartbeats = new Heartbeats();
  const heartbeat = setInterval(() => heartbeats.beat(), heartbeatMs);
  app.addHook('onClose', async () => clearInterval(heartbeat));

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

  const openTerminal = (socket: WebSocket, address: { params: unknown; query: unknown }) => {
    const params = z.object({ id: SandboxId, terminal: TerminalId }).safeParse(address.params);
    const query = StreamQuery.safeParse(address.query);
    if (!params.success || !query.success) return socket.close(closeCodes.badMessage);
    const { new: fresh, ...options } = query.data;
    try {
      const machine = machines.get(params.data.id);
      const terminal = machine.terminal(params.data.terminal, options, fresh === '1');
      heartbeats.add(socket);
      connect(socket, machine, terminal, { from: undefined, ...options });
    } catch (error) {
      app.log.warn({ err: error }, 'a terminal could not be attached');
      socket.close(closeCodeOf(error));
    }
  };
  app.get('/sandboxes/:id/terminals/:terminal/stream', { websocket: true }, (socket, request) => {
    openTerminal(socket, request);
  });
  door?.receive((visitor) => {
    const [, id, terminal, query] = terminalPath.exec(visitor.path) ?? [];
    welcome(app.websocketServer, visitor, (socket) =>
      openTerminal(socket, {
        params: { id, terminal },
        query: Object.fromEntries(new URLSearchParams(query)),
      }),
    );
  });
};

/** Answers a browser's handshake; no HTTP is read from its connection. It stays as long as its lease. */
function welcome(
  server: WebSocketServer,
  { key, path, socket, lease }: Visitor,
  open: (socket: WebSocket) => void,
): void {
  const request = Object.assign(new IncomingMessage(socket), {
    ...{ method: 'GET', url: path },
    headers: { upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': key },
  });
  socket.on('close', () => lease.destroy());
  server.handleUpgrade(request, socket, Buffer.alloc(0), (webSocket) => {
    // It closes by itself. Until somebody is attached nobody else listens, and a bad frame would end the runner.
    webSocket.on('error', () => undefined);
    let isTold = false;
    lease.on('data', (code: Buffer) => {
      isTold = true;
      webSocket.close(LeaseEnd.safeParse(code.toString()).data ?? internalError);
    });
    lease.on('close', () => {
      if (!isTold) webSocket.terminate();
    });
    if (lease.destroyed) webSocket.terminate();
    else open(webSocket);
  });
}

function connect(
  socket: WebSocket,
  machine: Machine,
  terminal: Terminal,
  options: AttachOptions,
): void {
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
