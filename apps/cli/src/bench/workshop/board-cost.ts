import { setTimeout as delay } from 'node:timers/promises';
import type { RehearsedRoom } from '../../rehearsal/room/rehearsed-room.ts';
import { say } from '../targets.ts';
import { ranMs } from '../terminal/processes.ts';

const windowMs = 15_000;
/** Then the board is followed to the end. */
const mostPairs = 4;

/** What the server runs more for a board that is followed. */
export interface BoardCost {
  cores: number;
  seconds: number;
}

/**
 * Follows the board and leaves it in turns while learners work, and compares the server's processor time; ends with
 * a board that is followed. Turns that are not over when the work is do not count.
 */
export async function measureBoardCost(
  room: RehearsedRoom,
  isOver: () => boolean,
): Promise<BoardCost> {
  const server = await room.serverPid();
  const followed: number[] = [];
  const left: number[] = [];
  let isFollowed = true;
  while (!isOver() && left.length < mostPairs) {
    const cores = await coresOf(server);
    if (isOver()) break;
    (isFollowed ? followed : left).push(cores);
    isFollowed = !isFollowed;
    if (isFollowed) await room.board.follow();
    else room.board.leave();
  }
  if (!isFollowed) await room.board.follow();
  // As many of the one as of the other, taken from the same times.
  const pairs = Math.min(followed.length, left.length);
  const mean = (values: number[]) => values.slice(0, pairs).reduce((a, b) => a + b, 0) / pairs;
  say(
    `The server runs ${mean(left).toFixed(3)} cores, with the board ${mean(followed).toFixed(3)}.`,
  );
  return { cores: mean(followed) - mean(left), seconds: (2 * pairs * windowMs) / 1000 };
}

/** What a process runs in one turn. */
async function coresOf(pid: number): Promise<number> {
  const before = await ranMs([pid]);
  const began = performance.now();
  await delay(windowMs);
  return ((await ranMs([pid])) - before) / (performance.now() - began);
}
