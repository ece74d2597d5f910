import { AppError, type TerminalId, type Typing as Told } from '@tatami/protocol';
import type { Actor, Audit } from './audit.ts';

/** Whoever may type has let go of the terminal, or the learner has left, for longer: it is over. */
const patienceMs = 15_000;

/** Somebody's wish to type in a learner's terminal. */
interface Consent {
  id: number;
  by: Actor;
  terminal: TerminalId;
  agreed: boolean;
  /** Streams that type; each closes at once when it is over. */
  streams: Set<() => void>;
  note: (() => Promise<void>) | undefined;
  /** Ends it: nobody types, or the learner's pages are closed. */
  timer: NodeJS.Timeout | undefined;
  absence: NodeJS.Timeout | undefined;
}

interface TypingParts {
  workshopId: string;
  audit: Audit;
  /** What a learner and the staff see of it is another. */
  onChange: (learnerId: string) => void;
  warn: (message: string, error: unknown) => void;
}

/**
 * Who may type in learners' terminals: one of the staff, after the learner agreed, until either ends it. Kept in
 * memory, so that no consent outlives the server that it was given to.
 */
export class Typing {
  readonly #parts: TypingParts;
  readonly #consents = new Map<string, Consent>();
  #count = Date.now();

  constructor(parts: TypingParts) {
    this.#parts = parts;
  }

  /** What learner and staff see. */
  of(learnerId: string): Told | null {
    const consent = this.#consents.get(learnerId);
    if (!consent) return null;
    const { id, by, terminal, agreed } = consent;
    return { id, by: by.name, terminal, state: agreed ? 'agreed' : 'asked' };
  }

  /** Asks; asking again for another terminal begins anew. @throws `room.typing-taken`. */
  async ask(learnerId: string, by: Actor, terminal: TerminalId): Promise<void> {
    const known = this.#consents.get(learnerId);
    if (known && known.by.id !== by.id) throw new AppError('room.typing-taken');
    if (known) await this.end(learnerId);
    // Another may have asked meanwhile.
    if (this.#consents.has(learnerId)) throw new AppError('room.typing-taken');
    const id = ++this.#count;
    const consent: Consent = {
      ...{ id, by, terminal, agreed: false, streams: new Set() },
      ...{ note: undefined, timer: undefined, absence: undefined },
    };
    this.#consents.set(learnerId, consent);
    this.#parts.onChange(learnerId);
    await this.#note(learnerId, consent, 'typing-asked');
  }

  /** @throws `room.no-consent` when nobody asks any more. */
  async answer(learnerId: string, id: number, agree: boolean): Promise<void> {
    const consent = this.#consents.get(learnerId);
    if (consent?.id !== id) throw new AppError('room.no-consent');
    if (consent.agreed && agree) return;
    if (!agree) {
      if (!consent.agreed) await this.#note(learnerId, consent, 'typing-refused');
      return this.end(learnerId);
    }
    // On the disk before anybody types.
    const note = await this.#parts.audit.begin(this.#act(learnerId, consent, 'typing'));
    if (this.#consents.get(learnerId) !== consent) return note();
    Object.assign(consent, { note, agreed: true });
    consent.timer = this.#endLater(learnerId);
    this.#parts.onChange(learnerId);
  }

  /** Takes a place for a stream that types. @returns how to give it back. @throws `room.no-consent`. */
  begin(learnerId: string, by: Actor, terminal: string, close: () => void): () => void {
    const consent = this.#consents.get(learnerId);
    if (!consent?.agreed || consent.by.id !== by.id || consent.terminal !== terminal)
      throw new AppError('room.no-consent');
    clearTimeout(consent.timer);
    consent.streams.add(close);
    return () => {
      consent.streams.delete(close);
      if (this.#consents.get(learnerId) !== consent || consent.streams.size > 0) return;
      clearTimeout(consent.timer);
      consent.timer = this.#endLater(learnerId);
    };
  }

  /** Whether a page of the learner is open: who does not see what is typed can end nothing. */
  attended(learnerId: string, isHere: boolean): void {
    const consent = this.#consents.get(learnerId);
    if (!consent) return;
    clearTimeout(consent.absence);
    if (!isHere) consent.absence = this.#endLater(learnerId);
  }

  /** By the learner, or by whoever asked (then `by` is given). Idempotent; nobody types once this has begun. */
  async end(learnerId: string, by?: Actor): Promise<void> {
    const consent = this.#consents.get(learnerId);
    if (!consent || (by && consent.by.id !== by.id)) return;
    this.#consents.delete(learnerId);
    clearTimeout(consent.timer);
    clearTimeout(consent.absence);
    for (const close of [...consent.streams]) close();
    this.#parts.onChange(learnerId);
    await consent.note?.();
  }

  /** Ends all. */
  async close(): Promise<void> {
    await Promise.all([...this.#consents.keys()].map((learnerId) => this.end(learnerId)));
  }

  #endLater(learnerId: string): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.end(learnerId).catch((error: unknown) =>
        this.#parts.warn('the end of typing could not be noted', error),
      );
    }, patienceMs);
    return timer.unref();
  }

  async #note(learnerId: string, consent: Consent, act: 'typing-asked' | 'typing-refused') {
    await this.#parts.audit.note(this.#act(learnerId, consent, act));
  }

  #act(
    learnerId: string,
    { by, terminal }: Consent,
    act: 'typing' | 'typing-asked' | 'typing-refused',
  ) {
    const { workshopId } = this.#parts;
    return { workshopId, learnerId, by, act, detail: { terminal } };
  }
}
