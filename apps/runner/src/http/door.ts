import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { type HandedOver, readHandedOver } from '@tatami/protocol';

const restartDelayMs = 500;

/** A browser whose connection the server has handed over. */
export interface Visitor extends HandedOver {
  socket: Socket;
  /** Open for as long as the browser is to stay; a close code may be told over it before it ends. */
  lease: Socket;
}

interface Options {
  /** tatami-handoff (packages/sandbox/native/handoff.c). */
  program: string;
  /** Its Unix socket. */
  path: string;
  warn: (message: string, err: unknown) => void;
}

/**
 * Where the server hands browsers' connections over: Node.js takes sockets from children only, so a child of ours
 * takes them. It is started again when it ends; whoever is in stays in.
 */
export class Door {
  readonly #options: Options;
  #onVisitor: (visitor: Visitor) => void = ({ lease, socket }) => {
    lease.destroy();
    socket.destroy();
  };
  #child: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Before it opens. */
  receive(onVisitor: (visitor: Visitor) => void): void {
    this.#onVisitor = onVisitor;
  }

  /** Only root and the group may come. */
  open(group: number | undefined): void {
    const { program, path } = this.#options;
    this.#start([program, 'take', path, String(group ?? -1)]);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#restart);
    this.#child?.kill('SIGKILL');
  }

  #start([program, ...args]: [string, ...string[]]): void {
    const child = spawn(program, args, {
      ...{ cwd: '/', env: {} },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    let lease: Socket | undefined;
    child.on('message', (text, handle) => {
      const socket = handle as Socket | undefined;
      socket?.on('error', () => socket.destroy());
      if (text === 'lease') {
        lease?.destroy();
        lease = socket;
        return;
      }
      const request = readHandedOver(text);
      if (request && socket && lease) this.#onVisitor({ ...request, socket, lease });
      else for (const one of [socket, lease]) one?.destroy();
      lease = undefined;
    });
    let isOver = false;
    const over = (reason: unknown) => {
      if (isOver) return;
      isOver = true;
      lease?.destroy();
      if (this.#closed) return;
      this.#options.warn('the door for browsers has closed and opens again', reason);
      this.#restart = setTimeout(() => this.#start([program, ...args]), restartDelayMs);
    };
    child.on('error', over);
    child.on('exit', (code, signal) => over(new Error(`${program} ended with ${signal ?? code}`)));
  }
}
