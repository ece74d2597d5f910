import { cp } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '@tatami/lab-format/loader';
import { Product } from '../../bench/judge/product.ts';
import { say } from '../../bench/targets.ts';
import { familyOf } from '../../bench/terminal/processes.ts';
import { atOnce } from '../at-once.ts';
import { FollowedBoard } from './board.ts';
import { type Entrance, Participant } from './participant.ts';
import { firstInstructor, openWorkshop } from './staff.ts';
import { Tally } from './tally.ts';

/** Two hundred within a minute. */
const joinEveryMs = 280;
const endingAtOnce = 10;
/** What learners were told last is on the board by then. */
const boardRestMs = 2_000;

/** A workshop of a Tatami of its own, as `npm start` runs it, with an instructor who follows the board. */
export class RehearsedRoom {
  readonly tally: Tally;
  readonly board: FollowedBoard;
  readonly #product: Product;
  readonly #entrance: Entrance;
  /** Those who are still at it. */
  #participants: Participant[] = [];

  private constructor(product: Product, entrance: Entrance) {
    this.#product = product;
    this.#entrance = entrance;
    this.tally = entrance.tally;
    this.board = entrance.board;
  }

  static async open(options: { lab: Lab; labsDir: string; seats: number }): Promise<RehearsedRoom> {
    const { lab, labsDir, seats } = options;
    const product = await Product.start({
      seats,
      writeLabs: (dir) => cp(labsDir, dir, { recursive: true }),
    });
    try {
      const { url, dataDir } = product;
      const instructor = await firstInstructor(url, dataDir);
      const { id, joinCode } = await openWorkshop(instructor, { labId: lab.id, seats });
      const tally = new Tally();
      const board = new FollowedBoard(instructor, id, tally);
      await board.follow();
      return new RehearsedRoom(product, { url, labId: lab.id, joinCode, tally, board });
    } catch (error) {
      await product[Symbol.asyncDispose]();
      throw error;
    }
  }

  get size(): number {
    return this.#participants.length;
  }

  /** Everybody joins by the code, from one address, as many a minute as 200 are. */
  async join(seats: number): Promise<void> {
    say(`${seats} learners join ...`);
    const joining = Array.from({ length: seats }, async (_, n) => {
      await delay(n * joinEveryMs);
      const name = `Learner ${n + 1}`;
      return Participant.join(name, this.#entrance).catch((error: unknown) => {
        this.tally.error(name, error);
        return null;
      });
    });
    this.#participants = (await Promise.all(joining)).filter((one) => one !== null);
  }

  /** Everybody does this, at once; who cannot is not there any more. */
  async each(work: (learner: Participant, n: number) => Promise<void>): Promise<void> {
    const working = this.#participants.map((learner, n) =>
      work(learner, n).then(
        () => learner,
        (error: unknown) => {
          this.tally.error(learner.name, error);
          learner.cut();
          return null;
        },
      ),
    );
    this.#participants = (await Promise.all(working)).filter((one) => one !== null);
  }

  async serverPid(): Promise<number> {
    const family = await familyOf(this.#product.pid);
    const server = family.find(({ command }) => command.split('\0')[1]?.endsWith('/server.mjs'));
    if (!server) throw new Error('there is no server');
    return server.pid;
  }

  /** The board is left, what was passed is compared with what was kept, and the machines are closed. */
  async end(): Promise<void> {
    await delay(boardRestMs);
    this.board.leave();
    await atOnce(this.#participants, endingAtOnce, async (learner) => {
      await learner.countLost();
      await learner.end();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.board.leave();
    for (const learner of this.#participants) learner.cut();
    await this.#product[Symbol.asyncDispose]();
  }
}
