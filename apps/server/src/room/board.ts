import type { BoardSeat, CheckVerdict, Hand, Typing, Watcher } from '@tatami/protocol';
import { type Before, Troubles } from './troubles.ts';

/** Who sits there. */
export interface Sitter {
  learnerId: string;
  name: string;
  number: string | null;
  joined: boolean;
}

/** What is kept of a learner's way, as far as the board shows it. */
export interface Way {
  stepId: string | null;
  passed: [checkId: string, at: number][];
  assisted: string[];
  opened: [stepId: string, at: number][];
}

/** What is true of a learner just now. */
export interface Now {
  here: boolean;
  machine: BoardSeat['machine'];
  terminals: string[];
  hand: Hand | null;
  watchers: Watcher[];
  typing: Typing | null;
}

interface Entry {
  sitter: Sitter;
  way: Way;
  now: Now;
  troubles: Troubles;
  /** JSON of what was told last. */
  told: string;
  /** Of the projector, which knows no other. */
  place: string;
}

export interface BoardChanges {
  /** JSON of the seats that are others than before, with names and without. */
  named: string[];
  unnamed: string[];
  gone: { named: string[]; unnamed: string[] };
}

const emptyWay: Way = { stepId: null, passed: [], assisted: [], opened: [] };
const absent: Now = {
  ...{ here: false, machine: 'none' as const, terminals: [], hand: null },
  ...{ watchers: [], typing: null },
};

/** The learners of one workshop as they stand: no reading, no sending. */
export class Board {
  readonly #entries = new Map<string, Entry>();
  readonly #touched = new Set<string>();
  #left: Entry[] = [];
  #places = 0;

  /** These sit there from now on; `before` is known of some of them. @returns who is new, and who no longer sits there. */
  seat(
    sitters: Sitter[],
    before: ReadonlyMap<string, Before> = new Map(),
  ): { fresh: string[]; gone: string[] } {
    const ids = new Set(sitters.map(({ learnerId }) => learnerId));
    const gone: string[] = [];
    for (const [id, entry] of this.#entries)
      if (!ids.has(id)) {
        this.#entries.delete(id);
        this.#touched.delete(id);
        this.#left.push(entry);
        gone.push(id);
      }
    const fresh: string[] = [];
    for (const sitter of sitters) {
      const known = this.#entries.get(sitter.learnerId);
      if (known) known.sitter = sitter;
      else {
        fresh.push(sitter.learnerId);
        const begun = { sitter, way: emptyWay, now: absent, told: '' };
        const place = String(++this.#places);
        const troubles = new Troubles(before.get(sitter.learnerId));
        this.#entries.set(sitter.learnerId, { ...begun, place, troubles });
      }
      this.#touched.add(sitter.learnerId);
    }
    return { fresh, gone };
  }

  has(learnerId: string): boolean {
    return this.#entries.has(learnerId);
  }

  /** Verdicts as they come. @returns what the learner is stuck on now. */
  hear(learnerId: string, verdicts: CheckVerdict[], now: number) {
    return this.#change(learnerId, ({ troubles }) => {
      for (const verdict of verdicts) troubles.hear(verdict, now);
    });
  }

  /**
   * How the learner stands, read anew, and the verdicts that stand; `open` are the checks of the open step.
   * @returns what the learner is stuck on now.
   */
  stand(
    learnerId: string,
    { way, open, verdicts }: { way: Way; open: string[]; verdicts: CheckVerdict[] },
    now: number,
  ) {
    return this.#change(learnerId, (entry) => {
      entry.way = way;
      const unmet = open.filter((id) => !way.passed.some(([checkId]) => checkId === id));
      entry.troubles.keepOnly(unmet);
      entry.troubles.stand(
        verdicts.filter(({ checkId }) => unmet.includes(checkId)),
        now,
      );
    });
  }

  set(learnerId: string, now: Partial<Now>): void {
    this.#change(learnerId, (entry) => {
      entry.now = { ...entry.now, ...now };
    });
  }

  /** Whether `changes` may have something to say. */
  get isTouched(): boolean {
    return this.#touched.size > 0 || this.#left.length > 0;
  }

  /** Everybody, in the order of the seats. */
  whole(names: boolean): BoardSeat[] {
    return [...this.#entries.values()].map((entry) => (names ? named(entry) : unnamed(entry)));
  }

  /** What is other than when it was asked last; null: nothing. */
  changes(): BoardChanges | null {
    const changes: BoardChanges = {
      ...{ named: [], unnamed: [] },
      gone: {
        named: this.#left.map(({ sitter }) => sitter.learnerId),
        unnamed: this.#left.map(({ place }) => place),
      },
    };
    this.#left = [];
    for (const id of this.#touched) {
      const entry = this.#entries.get(id) as Entry;
      const text = JSON.stringify(named(entry));
      if (text === entry.told) continue;
      entry.told = text;
      changes.named.push(text);
      changes.unnamed.push(JSON.stringify(unnamed(entry)));
    }
    this.#touched.clear();
    return changes.named.length > 0 || changes.gone.named.length > 0 ? changes : null;
  }

  #change(learnerId: string, change: (entry: Entry) => void) {
    const entry = this.#entries.get(learnerId);
    if (!entry) return null;
    change(entry);
    this.#touched.add(learnerId);
    return entry.troubles.current;
  }
}

function named({ sitter, way, now, troubles }: Entry): BoardSeat {
  const { learnerId: id, name, number, joined } = sitter;
  return { id, name, number, joined, ...way, ...now, trouble: troubles.current };
}

/** Nobody's name, number or words. */
function unnamed(entry: Entry): BoardSeat {
  const seat = named(entry);
  const { trouble, hand } = seat;
  return {
    ...seat,
    ...{ id: entry.place, name: null, number: null, terminals: [], watchers: [] },
    typing: null,
    trouble: trouble && { ...trouble, reason: { key: trouble.reason.key, params: {} } },
    hand: hand && { ...hand, about: '', claimedBy: null },
  };
}
