import {
  AppError,
  type CloseCode,
  closeCodes,
  type ErrorCode,
  LearnerId,
  TerminalId,
  WorkshopId,
} from '@tatami/protocol';
import { z } from 'zod';
import type { SignedIn } from '../accounts/staff-sessions.ts';
import type { Channel } from '../streams/channel.ts';
import type { LearnerStreams, StreamAddress } from '../streams/learner-streams.ts';
import { passTerminal } from './pass-terminal.ts';
import type { Room } from './room.ts';
import { roomOf } from './room-of.ts';
import type { Rooms } from './rooms.ts';

const ByWorkshop = z.object({ workshop: WorkshopId });
const ByTerminal = ByWorkshop.extend({ seat: LearnerId, terminal: TerminalId });
/** What the runner is asked for; whoever only watches owns nothing (docs/protocol.md R5, R27). */
const TerminalQuery = z.object({
  from: z.coerce.number().pipe(z.int().nonnegative()).optional(),
  cols: z.coerce.number().pipe(z.int().min(2).max(500)).default(80),
  rows: z.coerce.number().pipe(z.int().min(1).max(300)).default(24),
  as: z.enum(['owner', 'viewer']).default('viewer'),
});

const closeCodeOf: Partial<Record<ErrorCode, CloseCode>> = {
  'workshop.unknown': closeCodes.unauthorized,
  'room.no-consent': closeCodes.unauthorized,
  'room.none': closeCodes.unknown,
  'room.seat-unknown': closeCodes.unknown,
  'room.mirror-none': closeCodes.sandboxClosed,
};
/** Tabs of one member of the staff; terminals that they look at side by side. */
const ofBoard = { most: 8, restMs: 0 };
const ofTerminals = { most: 12, restMs: 0 };
const ofRoom = { most: 8, restMs: 0 };

type Handle<Who> = (channel: Channel, address: StreamAddress, who: Who) => Promise<void>;

/** Closes with a code of ours what a room refuses. */
const refusing =
  <Who>(handle: Handle<Who>): Handle<Who> =>
  (channel, address, who) =>
    handle(channel, address, who).catch((error: unknown) => {
      const code = error instanceof AppError ? closeCodeOf[error.code] : undefined;
      if (code === undefined) throw error;
      channel.close(code);
    });

/** The live board, the room as learners are told of it, and terminals that others see. */
export function roomStreams(streams: LearnerStreams, rooms: Rooms): void {
  streams.staffRoute(
    '/api/workshops/:workshop/board',
    refusing(async (browser, { params, query }, account) => {
      const room = await enter(rooms, account, params);
      const names = new URLSearchParams(query).get('names') !== '0';
      await room.show(browser, { account, names });
    }),
    { bounds: ofBoard },
  );
  streams.staffRoute(
    '/api/workshops/:workshop/seats/:seat/terminals/:terminal/stream',
    refusing((browser, address, account) => showTerminal(rooms, browser, address, account)),
    { bounds: ofTerminals },
  );
  streams.route(
    '/api/room/events',
    refusing(async (browser, _address, { id }) => {
      const room = await rooms.demandRoom(id);
      if (browser.isOpen) room.join(id, browser);
    }),
    { bounds: ofRoom },
  );
  streams.route(
    '/api/room/mirror/:terminal/stream',
    refusing(async (browser, { params }, { id }) => {
      const room = await rooms.demandRoom(id);
      const { terminal = '' } = params as { terminal?: string };
      if (browser.isOpen && !room.showScreen(id, terminal, browser))
        throw new AppError('room.mirror-none');
    }),
    { bounds: ofRoom },
  );
}

function enter(rooms: Rooms, account: SignedIn, params: unknown): Promise<Room> {
  const { success, data } = ByWorkshop.safeParse(params);
  if (!success) throw new AppError('workshop.unknown');
  return roomOf(rooms, account, data.workshop);
}

/** A learner's terminal for one of the staff: noted and shown to the learner first; typed in once they agreed. */
async function showTerminal(
  rooms: Rooms,
  browser: Channel,
  address: StreamAddress,
  account: SignedIn,
): Promise<void> {
  browser.pause();
  const room = await enter(rooms, account, address.params);
  const where = ByTerminal.safeParse(address.params);
  const query = TerminalQuery.safeParse(Object.fromEntries(new URLSearchParams(address.query)));
  if (!where.success || !query.success) {
    browser.close(closeCodes.badMessage);
    return;
  }
  const { seat, terminal } = where.data;
  const { attempts, runner, audit, warn } = rooms.parts;
  const key = { learnerId: seat, labId: room.workshop.labId };
  // Who watches starts no shell.
  if (!room.board.has(seat) || !attempts.live(key)?.terminals.includes(terminal))
    throw new AppError('room.seat-unknown');
  const sandboxId = await attempts.sandboxId(key);
  const types = query.data.as === 'owner';
  const watch = {
    ...{ workshopId: room.workshop.id, learnerId: seat, by: account },
    ...{ act: 'watch' as const, detail: { terminal } },
  };
  // That somebody types is noted with the consent.
  const end = types ? null : await audit.begin(watch);
  const note = () =>
    void end?.().catch((error: unknown) => warn('the end of a look could not be noted', error));
  if (!browser.isOpen) return note();
  const { from, cols, rows, as } = query.data;
  const asked = `?as=${as}&cols=${cols}&rows=${rows}${from === undefined ? '' : `&from=${from}`}`;
  const passing = passTerminal(browser, types, () => runner.terminal(sandboxId, terminal, asked));
  const giveBack = types ? room.typing.begin(seat, account, terminal, passing.end) : null;
  room.audience.admit(browser, account);
  const unwatch = room.watch(seat, { by: account.name, terminal, types });
  browser.on('close', () => {
    giveBack?.();
    unwatch();
    note();
  });
  passing.begin();
}
