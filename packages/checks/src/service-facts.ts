import type { KernelView, ProcessView, ServiceFacts } from '@tatami/protocol';
import { type Fact, met, unknown, unmet } from './outcome.ts';
import { ownProcesses } from './target.ts';

const stopped = ['T', 't'];

/** What must hold for the target as a service, read from its namespaces. */
export function serviceFacts(
  checkId: string,
  wanted: ServiceFacts,
  view: KernelView,
  target: ProcessView,
): Fact[] {
  const held = view.heldSockets.get(checkId);
  return [...running(wanted, view, target), ...connected(wanted, view, target, held)];
}

function running(wanted: ServiceFacts, view: KernelView, target: ProcessView): Fact[] {
  if (!wanted.running) return [];
  const states = ownProcesses(target, view).map(({ state }) => state);
  if (states.some((state) => stopped.includes(state))) return [unmet('service-stopped')];
  return [met({ name: 'state', value: target.state })];
}

function connected(
  wanted: ServiceFacts,
  view: KernelView,
  target: ProcessView,
  held: Set<number> | undefined,
): Fact[] {
  const port = wanted.connectedTo;
  if (port === undefined) return [];
  const sockets = view.sockets.get(target.ns.net);
  if (!sockets || !held) return [unknown];
  const socket = sockets.find(
    ({ state, remote, inode }) =>
      state === 'established' && remote.endsWith(`:${port}`) && held.has(inode),
  );
  if (!socket) return [unmet('not-connected', { port })];
  return [met({ name: 'connection', value: `${socket.local} → ${socket.remote}` })];
}
