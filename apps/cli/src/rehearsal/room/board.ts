import { once } from 'node:events';
import { BoardEvent } from '@tatami/protocol';
import { WebSocket } from 'ws';
import type { Browser } from './browser.ts';
import type { Tally } from './tally.ts';

/** Who was told so long ago and is not on the board is late, whatever comes. */
const lateMs = 1_000;

/** The instructor's board, followed as a page does, and how long after its learners it knows. */
export class FollowedBoard {
  readonly #open: () => WebSocket;
  readonly #tally: Tally;
  #socket: WebSocket | null = null;
  /** What the board has shown: a check of a learner, by both names. */
  readonly #shown = new Set<string>();
  /** When a learner's own page was told what the board has not shown yet. */
  readonly #awaited = new Map<string, number>();

  constructor(instructor: Browser, workshopId: string, tally: Tally) {
    this.#open = () => {
      const { url, headers } = instructor.stream(`/api/workshops/${workshopId}/board`);
      return new WebSocket(url, { headers, perMessageDeflate: false });
    };
    this.#tally = tally;
  }

  /** Resolves when the whole board is there. */
  async follow(): Promise<void> {
    const socket = this.#open();
    this.#socket = socket;
    let isOver = false;
    socket.on('message', (data: Buffer) => this.#take(data.toString()));
    socket.on('close', (code) => {
      if (this.#socket === socket && !isOver)
        this.#tally.error('board', new Error(`it was closed with ${code}`));
      isOver = true;
    });
    socket.on('error', (error) => {
      isOver = true;
      this.#tally.error('board', error);
    });
    await once(socket, 'message');
  }

  /** What is under way is not measured, unless it is late already. */
  leave(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    const now = performance.now();
    for (const toldAt of this.#awaited.values())
      if (now - toldAt > lateMs) this.#tally.boardDelayMs.push(now - toldAt);
    this.#awaited.clear();
  }

  /** A learner's own page has just been told of a pass. */
  told(learner: string, checkId: string): void {
    const name = JSON.stringify([learner, checkId]);
    if (!this.#socket) return;
    if (this.#shown.has(name)) this.#tally.boardDelayMs.push(0);
    else this.#awaited.set(name, performance.now());
  }

  #take(text: string): void {
    const now = performance.now();
    for (const { name: learner, passed } of BoardEvent.parse(JSON.parse(text)).seats)
      for (const [checkId] of passed) {
        const name = JSON.stringify([learner, checkId]);
        this.#shown.add(name);
        const toldAt = this.#awaited.get(name);
        if (toldAt === undefined) continue;
        this.#awaited.delete(name);
        this.#tally.boardDelayMs.push(now - toldAt);
      }
  }
}
