import type { CheckVerdict, Evidence, Reason, Trouble } from '@tatami/protocol';

/** What is said where nobody has tried anything yet, or nobody could. */
const untried = new Set(
  [
    ...['no-process', 'no-command', 'target-missing', 'not-connected', 'service-stopped'],
    ...['answer-missing', 'value-missing', 'quiz-waits', 'quiz-open'],
  ].map((name) => `reason.${name}`),
);
/** Who tries again so soon is still stuck since before. */
const graceMs = 120_000;
/** A proof, and leaving the shell that gave it, take a few looks until all checks have said what they say of it. */
const settlesMs = 4_000;

type Unmet = Pick<Trouble, 'status' | 'reason'>;
type Unproven = Exclude<CheckVerdict['verdict'], { status: 'passed' }>;

/** What is known of a learner from before the room was there: a server has stopped since. */
export interface Before {
  /** What they stood on. */
  stood: { checkId: string; reason: string; since: number } | null;
  /** PID, on their machine, of what proved an item last. */
  provenBy: number | null;
}

interface Heard {
  /** What was said of the check before anything was done in its step. */
  untouched: string;
  /** What was said of it when something else was proven; it says so until somebody tries anew. */
  atProof: string;
  unmet: Unmet | null;
  /** PID of the process that was spoken of. */
  pid: number | null;
  /** When the trouble began, and when it was seen last. */
  since: number;
  seenAt: number;
  /** Counts what was heard: the newest is what the learner is at. */
  order: number;
}

/**
 * What one learner is stuck on, from the verdicts on the open step's checks. What the first verdict of a check says
 * of an untouched machine is no trouble, and neither is a reason that means that nothing was tried. A shell that proves
 * one item is a poor try at all others of its step: what is not yet so of them then, and once it is left, is no trouble
 * either; what a younger process lacks is.
 */
export class Troubles {
  readonly #checks = new Map<string, Heard>();
  /** When each check was proven, as its evidence says: a verdict may come again. */
  readonly #proofs = new Map<string, string>();
  #provenBy: number | null;
  /** A check of which only what was kept is known. */
  #unheard: string | null = null;
  /** When something was proven, or what proved it was left. */
  #turnedAt = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor({ stood, provenBy }: Before = { stood: null, provenBy: null }) {
    this.#provenBy = provenBy;
    if (!stood) return;
    const { checkId, reason, since } = stood;
    this.#unheard = checkId;
    this.#checks.set(checkId, {
      ...{ untouched: '', atProof: '', pid: null, since, seenAt: since, order: ++this.#count },
      unmet: { status: 'not-yet', reason: { key: reason, params: {} } },
    });
  }

  hear({ checkId, verdict }: CheckVerdict, now: number): void {
    if (checkId === this.#unheard) this.#unheard = null;
    if (verdict.status === 'passed') {
      this.#checks.delete(checkId);
      this.#prove(checkId, verdict.evidence, now);
      return;
    }
    const known = this.#checks.get(checkId);
    const pid = pidOf(verdict.reason);
    const heard = known ? this.#again(known, verdict, pid, now) : first(verdict, now);
    this.#checks.set(checkId, { ...heard, pid });
  }

  #again(known: Heard, { status, reason }: Unproven, pid: number | null, now: number): Heard {
    const said = wordOf(reason);
    if (status === 'not-yet' && (said === known.atProof || this.#isOfProof(known, pid, now)))
      return { ...known, unmet: null, order: 0, atProof: said };
    if (status === 'not-yet' && (untried.has(reason.key) || said === known.untouched))
      return known.unmet || known.atProof
        ? { ...known, atProof: '', unmet: null, seenAt: now }
        : known;
    if (known.unmet?.status === status && wordOf(known.unmet.reason) === said) return known;
    const goesOn = known.unmet !== null || (known.order > 0 && now - known.seenAt < graceMs);
    return {
      ...{ ...known, atProof: '', unmet: { status, reason }, seenAt: now, order: ++this.#count },
      // A clock may have gone back.
      since: goesOn ? Math.min(known.since, now) : now,
    };
  }

  /** Whether this is said of what has just proven something else, or of its end. */
  #isOfProof({ unmet, pid: before }: Heard, pid: number | null, now: number): boolean {
    const prover = this.#provenBy;
    const isYounger = prover !== null && pid !== null && pid > prover;
    if (isYounger) return false;
    if (prover !== null && before === prover && pid !== prover && !unmet) this.#turnedAt = now;
    return Math.abs(now - this.#turnedAt) < settlesMs;
  }

  /** Only a new proof ends what was tried before. */
  #prove(checkId: string, evidence: Evidence, now: number): void {
    if (this.#proofs.get(checkId) === evidence.at) return;
    this.#proofs.set(checkId, evidence.at);
    this.#provenBy = proverOf(evidence);
    this.#turnedAt = now;
    for (const [id, heard] of this.#checks)
      if (heard.unmet?.status === 'not-yet') {
        const atProof = wordOf(heard.unmet.reason);
        this.#checks.set(id, { ...heard, unmet: null, order: 0, atProof });
      }
  }

  /** Verdicts that stand; those of checks that were heard of are known. */
  stand(verdicts: CheckVerdict[], now: number): void {
    for (const verdict of verdicts) {
      const { checkId } = verdict;
      if (!this.#checks.has(checkId) || checkId === this.#unheard) this.hear(verdict, now);
    }
  }

  /** Forgets what is not about these: another step was opened. */
  keepOnly(checkIds: readonly string[]): void {
    for (const checkId of this.#checks.keys())
      if (!checkIds.includes(checkId)) this.#checks.delete(checkId);
  }

  /** What was tried last and did not work. */
  get current(): Trouble | null {
    let newest: [string, Heard] | null = null;
    for (const [checkId, heard] of this.#checks)
      if (heard.unmet && (!newest || heard.order > newest[1].order)) newest = [checkId, heard];
    if (!newest?.[1].unmet) return null;
    const [checkId, { unmet, since }] = newest;
    return { checkId, ...unmet, since };
  }
}

function first({ status, reason }: Unproven, now: number): Heard {
  return {
    // A check that nobody could look at says nothing of the machine.
    untouched: status === 'unavailable' ? '' : wordOf(reason),
    unmet: status === 'not-yet' ? null : { status, reason },
    ...{ atProof: '', pid: null, since: now, seenAt: now, order: 0 },
  };
}

/** PID, on the learner's machine, of the process that evidence speaks of. */
export function proverOf({ facts }: Evidence): number | null {
  const pid = facts.find(({ name }) => name === 'pid-machine')?.value;
  return pid === undefined ? null : Number(pid);
}

/** A reason names a process by its PID and when it began: `57.8812`. */
function pidOf({ params: { process } }: Reason): number | null {
  return process === undefined ? null : Number.parseInt(String(process), 10);
}

/** A reason without what only names a process: that may be another each time. */
function wordOf({ key, params }: Reason): string {
  const { process: _, ...others } = params;
  return JSON.stringify([key, others]);
}
