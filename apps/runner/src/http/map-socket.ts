import { closeCodes } from '@tatami/protocol';
import type { WebSocket } from 'ws';
import type { Machine } from '../machines/machine.ts';

/** A hundred changes of a busy machine. */
const maxUnsentBytes = 256 * 1024;

/** Passes a machine's map on. A client that is slow misses changes, and is shown the map as it is once it has read. */
export function showMap(socket: WebSocket, machine: Machine): void {
  let isBehind = false;
  const send = (json: string) => {
    if (isBehind || socket.bufferedAmount > maxUnsentBytes) isBehind = true;
    else socket.send(json, catchUp);
  };
  const catchUp = () => {
    if (!isBehind || socket.bufferedAmount > 0 || socket.readyState !== socket.OPEN) return;
    isBehind = false;
    for (const json of map.now()) send(json);
  };
  const map = machine.followMap(send);
  const unsubscribe = machine.subscribe((event) => {
    if (event.type === 'closed') socket.close(closeCodes.sandboxClosed);
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    map.stop();
    unsubscribe();
  });
}
