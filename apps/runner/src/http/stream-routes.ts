import {
  AppError,
  type CloseCode,
  closeCodes,
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

const closeCodeOf = (error: unknown): CloseCode => {
  if (!(error instanceof AppError)) return closeCodes.shellMissing;
  return error.code === 'sandbox.not-ready' ? closeCodes.sandboxClosed : closeCodes.unknown;
};

/** The runner's WebSockets: terminal streams and events. */
export const streamRoutes: FastifyPluginAsyncZod<{ machines: Machines }> = async (
  app,
  { machines },
) => {
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
      connect(socket, machine, terminal, { from: undefined, ...options });
    } catch (error) {
      request.log.warn({ err: error }, 'a terminal could not be attached');
      socket.close(closeCodeOf(error));
    }
  });
};

function connect(
  socket: WebSocket,
  machine: Machine,
  terminal: Terminal,
  options: AttachOptions,
): void {
  const client: TerminalClient = {
    control: (message) => socket.send(JSON.stringify(message)),
    output: (bytes) => socket.send(bytes),
    close: (code) => socket.close(code),
    get unsentBytes() {
      return socket.bufferedAmount;
    },
  };
  socket.on('message', (data, isBinary) => {
    if (!terminal.isAttached(client)) return;
    const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(data as Buffer[]);
    if (isBinary) {
      if (terminal.input(client, bytes)) machine.touch();
    } else if (!control(terminal, client, bytes.toString('utf8'))) {
      terminal.detach(client, closeCodes.badMessage);
    }
  });
  socket.on('close', () => terminal.detach(client));
  socket.on('error', () => terminal.detach(client));
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
