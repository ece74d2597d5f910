import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../user-error.ts';
import { type Connect, overTcp, overWebSocket } from './wire.ts';

/** A terminal server of others, for comparison. */
export interface Contender {
  name: string;
  /** Its command line, to listen on this port of the loopback and give each connection `attach`. */
  command: (port: number, attach: string[]) => string[];
  connect: (port: number) => Connect;
}

/** fastify, ws and node-pty, and nothing else (apps/runner/bench/bare-terminal.ts). */
export const bare = (bundle: string): Contender => ({
  name: 'bare',
  command: (port, attach) => [process.execPath, bundle, String(port), ...attach],
  connect: (port) => overWebSocket(`ws://127.0.0.1:${port}/`),
});

/** Raw TCP (native/relay.c). */
export const relay = (programs: string): Contender => ({
  name: 'relay',
  command: (port, attach) => [`${programs}/relay`, String(port), ...attach],
  connect: overTcp,
});

const text = (string: string) => Buffer.from(string);
const size = { columns: 80, rows: 24 };

/** Servers that people use, by the name of their program. */
const installable: Record<string, (program: string) => Contender> = {
  // https://github.com/tsl0922/ttyd, src/server.h
  ttyd: (program) => ({
    name: 'ttyd',
    command: (port, attach) => [
      ...[program, '--interface', 'lo', '--port', String(port), '--writable', '--debug', '0'],
      ...attach,
    ],
    connect: (port) =>
      overWebSocket(`ws://127.0.0.1:${port}/ws`, {
        protocol: 'tty',
        begin: [text(JSON.stringify({ AuthToken: '', ...size }))],
        wrap: (bytes) => Buffer.concat([text('0'), bytes]),
        unwrap: (message) => (message[0] === 0x30 ? message.subarray(1) : undefined),
      }),
  }),
  // https://github.com/sorenisanerd/gotty, webtty/message_types.go
  gotty: (program) => ({
    name: 'gotty',
    command: (port, attach) => [
      ...[program, '--address', '127.0.0.1', '--port', String(port), '--permit-write'],
      ...attach,
    ],
    connect: (port) =>
      overWebSocket(`ws://127.0.0.1:${port}/ws`, {
        protocol: 'webtty',
        begin: [JSON.stringify({ AuthToken: '', Arguments: '' }), `3${JSON.stringify(size)}`],
        wrap: (bytes) => `1${bytes}`,
        unwrap: (message) =>
          message[0] === 0x31 ? Buffer.from(message.toString('latin1', 1), 'base64') : undefined,
      }),
  }),
  // https://github.com/butlerx/wetty over socket.io (protocol 5) over engine.io (protocol 4)
  wetty: (program) => ({
    name: 'wetty',
    command: (port, attach) => [
      ...[program, '--host', '127.0.0.1', '--port', String(port), '--base', '/', '--log-level'],
      ...['error', '--command', attach.map(quoted).join(' ')],
    ],
    connect: (port) => {
      const commit = commitEvery(262_144);
      return overWebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, {
        begin: ['40'],
        wrap: (bytes) => `42${JSON.stringify(['input', bytes.toString()])}`,
        unwrap: (message, answer) => {
          const said = message.toString();
          if (said === '2') answer('3');
          if (!said.startsWith('42["data",')) return undefined;
          const [, shown] = JSON.parse(said.slice(2)) as [string, string];
          for (const bytes of commit(shown.length))
            answer(`42${JSON.stringify(['commit', bytes])}`);
          return Buffer.from(shown);
        },
      });
    },
  }),
};

/** @throws UserError for one that is unknown, or not in the PATH. */
export function installed(name: string): Contender {
  const contender = installable[name];
  if (!contender)
    throw new UserError(
      `there is nothing to measure "${name}" with; choose of ${Object.keys(installable).join(', ')}.`,
    );
  const program = (process.env.PATH ?? '')
    .split(':')
    .map((dir) => join(dir, name))
    .find((path) => existsSync(path));
  if (!program)
    throw new UserError(`${name} is not installed (not in the PATH); leave it out, or install it.`);
  return contender(program);
}

/** For a shell. */
const quoted = (argument: string): string => `'${argument.replaceAll("'", `'\\''`)}'`;

/** As wetty's page does: tells of so much at a time once it has come. */
function commitEvery(bytes: number): (length: number) => number[] {
  let counter = 0;
  return (length) => {
    counter += length;
    if (counter < bytes) return [];
    counter -= bytes;
    return [bytes];
  };
}
