import type { CheckVerdict, Reason, Trouble } from '@tatami/protocol';

/** What is said where nobody has tried anything yet, or nobody could. */
const untried = new Set(
  [
    ...['no-process', 'no-command', 'target-missing', 'not-connected', 'service-stopped'],
    ...['answer-missing', 'value-missing', 'quiz-waits', 'quiz-open'],
  ].map((name) => `reason.${name}`),
);
/** Who tries again so soon is still stuck since before. */
const graceMs = 120_000;
/** What is said of other checks so soon after a proof is about what proved it, and about leaving that shell. */
const sameTryMs = 8_000;

type Unmet = Pick<Trouble, 'status' | 'reason'>;

interface Heard {
  /** What was said of the check before anything was done in its step. */
  untouched: string;
  /** What was said of it when something else was proven; it says so until somebody tries anew. */
  atProof: string;
  unmet: Unmet | null;
  /** When the trouble began, and when it was seen last. */
  since: number;
  seenAt: number;
  /** Counts what was heard: the newest is what the learner is at. */
  order: number;
}

/**
 * What one learner is stuck on, from the verdicts on the open step's checks. What the first verdict of a check says
 * of an untouched machine is no trouble, and neither is a reason that means that nothing was tried. A shell that proves
 * one item is a poor try at all others of its step: what is not yet so of them is no trouble either.
 */
export class Troubles {
  readonly #checks = new Map<string, Heard>();
  #count = 0;
  #provenAt = Number.NEGATIVE_INFINITY;

  hear({ checkId, verdict }: CheckVerdict, now: number): void {
    if (verdict.status === 'passed') {
      this.#checks.delete(checkId);
      this.#prove(Date.parse(verdict.evidence.at));
      return;
    }
    const { status, reason } = verdict;
    const known = this.#checks.get(checkId);
    const said = wordOf(reason);
    if (!known) {
      // A check that nobody could look at says nothing of the machine.
      const untouched = status === 'unavailable' ? '' : said;
      const unmet = status === 'not-yet' ? null : { status, reason };
      this.#checks.set(checkId, {
        ...{ untouched, atProof: '', unmet, since: now, seenAt: now, order: 0 },
      });
      return;
    }
    const isAfterProof = said === known.atProof || now - this.#provenAt < sameTryMs;
    if (status === 'not-yet' && isAfterProof) {
      this.#checks.set(checkId, { ...known, unmet: null, order: 0, atProof: said });
      return;
    }
    if (status === 'not-yet' && (untried.has(reason.key) || said === known.untouched)) {
      if (known.unmet || known.atProof)
        this.#checks.set(checkId, { ...known, atProof: '', unmet: null, seenAt: now });
      return;
    }
    if (known.unmet?.status === status && wordOf(known.unmet.reason) === said) return;
    const goesOn = known.unmet !== null || (known.order > 0 && now - known.seenAt < graceMs);
    this.#checks.set(checkId, {
      ...{ untouched: known.untouched, atProof: '', unmet: { status, reason }, seenAt: now },
      ...{ since: goesOn ? known.since : now, order: ++this.#count },
    });
  }

  /** A verdict may come again; only a new proof ends what was tried before. */
  #prove(at: number): void {
    if (at <= this.#provenAt) return;
    this.#provenAt = at;
    for (const [checkId, heard] of this.#checks)
      if (heard.unmet?.status === 'not-yet')
        this.#checks.set(checkId, {
          ...{ ...heard, unmet: null, order: 0, atProof: wordOf(heard.unmet.reason) },
        });
  }

  /** Verdicts that stood before we came: whoever wrote them had been at it. */
  resume(verdicts: CheckVerdict[], now: number): void {
    for (const { checkId, verdict } of verdicts) {
      if (this.#checks.has(checkId)) continue;
      const started = {
        untouched: '',
        atProof: '',
        unmet: null,
        since: now,
        seenAt: now,
        order: 0,
      };
      this.#checks.set(checkId, started);
      this.hear({ checkId, verdict }, now);
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

/** A reason without what only names a process: that may be another each time. */
function wordOf({ key, params }: Reason): string {
  const { process: _, ...others } = params;
  return JSON.stringify([key, others]);
}
