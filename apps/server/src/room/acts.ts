import {
  AppError,
  type AuditAct,
  type AuditDetail,
  type HandRequest,
  type LockRequest,
  type MessageRequest,
  type RoomSummary,
  type TerminalId,
} from '@tatami/protocol';
import type { Actor } from './audit.ts';
import type { MessageBody } from './messages.ts';
import type { Room } from './room.ts';
import type { KeptState } from './room-states.ts';
import type { RoomParts } from './rooms.ts';
import { summedUp } from './summary.ts';

/** What staff do in a room: each act is in the log, on the disk, before anybody notices it. */
export class Acts {
  readonly #parts: RoomParts;

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  /** @throws `room.seat-unknown`; `room.no-hint`. */
  async tell(room: Room, by: Actor, request: MessageRequest): Promise<void> {
    const { store, audit, messages } = this.#parts;
    const { to } = request;
    if (to?.some((learnerId) => !room.board.has(learnerId)))
      throw new AppError('room.seat-unknown');
    const { body, detail } = this.#bodyOf(room, request);
    const told = await store.transaction().execute(async (within) => {
      for (const learnerId of to ?? [null])
        await audit.note(act(room, by, learnerId, body.kind, detail), within);
      return messages.add(within, room.workshop.id, { by: by.name, body, to });
    });
    room.tell(told);
  }

  /** @throws `step.unknown`. */
  async lock(room: Room, by: Actor, { stepId, locked: isLocked }: LockRequest): Promise<void> {
    const steps = this.#parts.labs.get(room.workshop.labId).stepIds;
    if (!steps.includes(stepId)) throw new AppError('step.unknown');
    await this.#changeState(room, ({ timer, locked }) => {
      const others = locked.filter((id) => id !== stepId);
      const state = { timer, locked: isLocked ? [...others, stepId] : others };
      return { state, done: act(room, by, null, 'locks', { steps: state.locked }) };
    });
  }

  async time(
    room: Room,
    by: Actor,
    wanted: { minutes: number; label: string } | null,
  ): Promise<void> {
    const timer = wanted && {
      endsAt: Date.now() + Math.round(wanted.minutes * 60_000),
      label: wanted.label,
    };
    const done = wanted
      ? act(room, by, null, 'timer', { minutes: wanted.minutes, text: wanted.label })
      : act(room, by, null, 'timer-off', {});
    await this.#changeState(room, ({ locked }) => ({ state: { timer, locked }, done }));
  }

  /** Shows a terminal of the machine in which a member of the staff works. @throws `machine.missing`. */
  async mirror(room: Room, by: Actor, ownId: string, terminal: TerminalId): Promise<void> {
    const { attempts, audit, warn } = this.#parts;
    const key = { learnerId: ownId, labId: room.workshop.labId };
    const sandboxId = await attempts.sandboxId(key);
    if (room.mirrors(sandboxId, terminal)) return;
    const end = await audit.begin(act(room, by, null, 'mirror', { terminal }));
    room.mirror(sandboxId, { by: by.name, terminal }, () => {
      end().catch((error: unknown) => warn('the end of a mirror could not be noted', error));
    });
  }

  /** @throws `room.hand-unknown`; `room.hand-claimed`. */
  async hand(room: Room, by: Actor, id: number, wanted: HandRequest['act']): Promise<void> {
    const { store, audit, hands } = this.#parts;
    await store.transaction().execute(async (within) => {
      const hand = { workshopId: room.workshop.id, id };
      const learnerId = await hands.act(within, hand, wanted, by);
      await audit.note(act(room, by, learnerId, `hand-${wanted}`, {}), within);
    });
    await room.handsChanged();
  }

  /** What the room got wrong, by the time that it cost. */
  async summary(room: Room): Promise<RoomSummary> {
    const now = Date.now();
    await room.spells.flush(now);
    const rows = await this.#parts.store
      .selectFrom('troubles')
      .selectAll()
      .where('workshop_id', '=', room.workshop.id)
      .execute();
    const { endedAt, closesAt } = room.workshop;
    return summedUp(rows, Math.min(now, Date.parse(endedAt ?? closesAt)));
  }

  /** From what is on the disk, not in memory: two may change it in one moment. */
  async #changeState(
    room: Room,
    change: (before: KeptState) => { state: KeptState; done: ReturnType<typeof act> },
  ): Promise<void> {
    const { store, audit, states } = this.#parts;
    const { id } = room.workshop;
    await store.transaction().execute(async (within) => {
      const { state, done } = change(await states.of(id, within));
      await states.save(within, id, state);
      await audit.note(done, within);
    });
    room.set(await states.of(id));
  }

  #bodyOf(room: Room, request: MessageRequest): { body: MessageBody; detail: AuditDetail } {
    const { kind } = request;
    if (kind === 'broadcast')
      return { body: { kind, text: request.text }, detail: { text: request.text } };
    const { checkId } = request;
    if (kind === 'explanation') {
      const { reason } = request;
      return { body: { kind, checkId, reason }, detail: { checkId, reason } };
    }
    const { level } = request;
    const texts = this.#hintOf(room, checkId, level);
    return { body: { kind, checkId, level, texts }, detail: { checkId, level } };
  }

  /** A hint of the lesson in each of its languages. */
  #hintOf(room: Room, checkId: string, level: number): Record<string, string> {
    const lab = this.#parts.labs.get(room.workshop.labId);
    const hints = lab.card(room.workshop.language).languages.flatMap((lang) => {
      const items = lab.content(lang).steps.flatMap(({ checklist }) => checklist);
      const text = items.find((item) => item.checkId === checkId)?.hints[level];
      return text === undefined ? [] : [[lang, text] as const];
    });
    if (hints.length === 0) throw new AppError('room.no-hint');
    return Object.fromEntries(hints);
  }
}

const act = (
  { workshop }: Room,
  by: Actor,
  learnerId: string | null,
  name: AuditAct,
  detail: AuditDetail,
) => ({ workshopId: workshop.id, learnerId, by: { id: by.id, name: by.name }, act: name, detail });
