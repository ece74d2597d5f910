import { type KeyObject, randomBytes } from 'node:crypto';
import type {
  AppError,
  IncidentDraft,
  IncidentEvent,
  IncidentView,
  Language,
  LearnerPath,
  Moment,
} from '@tatami/protocol';
import {
  type Incident,
  incidentHtml,
  incidentMarkdown,
  publicPem,
  sealed,
  type ToldEvent,
} from '@tatami/report';
import type { AttemptKey, AttemptRecord, AttemptStore, Drill } from '../attempts/attempt-store.ts';
import type { Attempts } from '../attempts/attempts.ts';
import { joined } from '../attempts/debrief.ts';
import type { DrillStore } from '../attempts/drill-store.ts';
import { appendToChain } from '../chain/evidence-chain.ts';
import type { Labs } from '../labs/labs.ts';
import type { RunnerClient } from '../runner/runner-client.ts';
import type { Store } from '../store/database.ts';
import type { Workshops } from '../workshops/workshops.ts';
import { exhibitsOf } from './exhibits.ts';
import { happenings, type Known } from './happenings.ts';
import { factsOf, pictureOf } from './look.ts';
import { proposal } from './proposal.ts';
import { ReportStore } from './report-store.ts';

interface ReportParts {
  store: Store;
  attemptStore: AttemptStore;
  drillStore: DrillStore;
  attempts: Attempts;
  labs: Labs;
  runner: RunnerClient;
  workshops: Workshops;
  /** What files are sealed with. */
  key: KeyObject;
  /** Where browsers reach this server, if that is known. */
  publicUrl: string | undefined;
  /** The program that replays, for browsers. */
  player: string;
}

/** In which words, by which clock, and about which step something is proposed. */
export interface Wish {
  lang: Language;
  zone: string;
  /** Null: all of the lesson; undefined: the drill that was opened last, if there was one. */
  step: string | null | undefined;
}

/** Incident reports of learners: drafts, marked moments, and the sealed files. */
export class Reports {
  readonly #parts: ReportParts;
  readonly #store: ReportStore;

  constructor(parts: ReportParts) {
    this.#parts = parts;
    this.#store = new ReportStore(parts.store);
  }

  /** What files are held to, as PEM. */
  get publicPem(): string {
    return publicPem(this.#parts.key);
  }

  /** The draft as it was kept, or a proposal, with all that is known to have happened. */
  async view(key: AttemptKey, wish: Wish): Promise<IncidentView> {
    const { labs } = this.#parts;
    const lab = labs.ready(key.labId);
    const kept = await this.#store.draft(key);
    const known = await this.#known(key);
    const { lang } = kept ?? wish;
    const step = kept ? kept.step : this.#stepWished(wish, known);
    const events = happenings(known, lab, lang, step);
    const author = kept ? '' : ((await this.#parts.workshops.seatOf(key.learnerId))?.name ?? '');
    const draft = kept ?? proposal(lab, { lang, zone: wish.zone, step, author }, events);
    const steps = lab.content(lang).steps.filter(({ status }) => status === 'ready');
    return {
      ...{ lab: lab.id, draft, kept: kept !== undefined },
      events: withOwn(events, draft),
      steps: steps.map(({ id, title, drill }) => ({ id, title, drill })),
    };
  }

  async keep(key: AttemptKey, draft: IncidentDraft): Promise<void> {
    if (draft.step !== null) this.#parts.labs.readyStep(key.labId, draft.step);
    await this.#store.keep(key, draft);
  }

  discard(key: AttemptKey): Promise<void> {
    return this.#store.discard(key);
  }

  /** Keeps what the kernel says now. @throws `machine.missing`, `runner.unreachable`, `report.moments`. */
  async mark(key: AttemptKey, note: string): Promise<Moment> {
    const { attempts, runner } = this.#parts;
    const machine = await attempts.sandboxId(key);
    const picture = await pictureOf(runner.map(machine));
    const { terminals } = await runner.sandbox(machine);
    return this.#store.mark(key, {
      ...{ at: new Date().toISOString(), note, facts: factsOf(picture) },
      offsets: terminals.map(({ id, offset }) => ({ terminal: id, offset, machine })),
    });
  }

  unmark(key: AttemptKey, id: string): Promise<void> {
    return this.#store.unmark(key, id);
  }

  /** The sealed file. It is recorded in the chain that this server has issued it. */
  async html(key: AttemptKey, wish: Wish): Promise<Buffer> {
    const { store, player, key: signingKey } = this.#parts;
    const body = incidentHtml(await this.#incident(key, wish), player);
    return sealed(body, signingKey, (digest) =>
      store
        .transaction()
        .execute((transaction) => appendToChain(transaction, { kind: 'report', digest })),
    );
  }

  async markdown(key: AttemptKey, wish: Wish): Promise<string> {
    return incidentMarkdown(await this.#incident(key, wish));
  }

  async #incident(key: AttemptKey, wish: Wish): Promise<Incident> {
    const { draft, events: all, steps } = await this.view(key, wish);
    const content = this.#parts.labs.get(key.labId).content(draft.lang);
    const { publicUrl } = this.#parts;
    const keyUrl = publicUrl ? new URL('/api/evidence/key', publicUrl).href : null;
    const events = all
      .filter(({ key }) => !draft.hidden.includes(key))
      .map((event) => told(event, draft));
    return {
      ...{ number: randomBytes(16).toString('hex'), issuedAt: new Date().toISOString() },
      ...{ lesson: content.title, draft, events, keyUrl },
      step: steps.find(({ id }) => id === draft.step)?.title ?? null,
      ...(await exhibitsOf(events, this.#parts.runner)),
    };
  }

  #stepWished({ step }: Wish, { drill }: Known): string | null {
    return step === undefined ? (drill?.drill.stepId ?? null) : step;
  }

  async #known(key: AttemptKey): Promise<Known> {
    const { attemptStore } = this.#parts;
    const record = await attemptStore.find(key);
    const drill = record?.drill ?? null;
    return {
      openedSteps: await this.#store.openedSteps(key),
      solutions: await this.#store.solutions(key),
      wrongRounds: await this.#store.wrongRounds(key),
      moments: await this.#store.moments(key),
      passed: await attemptStore.passed(key),
      drill: record && drill ? await this.#drillOf(record, drill) : null,
    };
  }

  async #drillOf(record: AttemptRecord, drill: Drill): Promise<Known['drill']> {
    const ticks = await this.#parts.drillStore.ticks(record, drill.round);
    return { drill, ticks, lines: await this.#linesOf(record, drill.round) };
  }

  /** What was typed in the drill; of one that goes on, until now, as far as the runner can be asked. */
  async #linesOf(record: AttemptRecord, round: number): Promise<LearnerPath['lines']> {
    const { path, debrief } = await this.#parts.drillStore.memory(record, round);
    const isOpen =
      record.drill?.sandboxId === record.sandboxId && record.drill.stepId === record.stepId;
    if (debrief || !isOpen || !record.sandboxId) return path.lines;
    const more = await this.#parts.runner
      .commands(record.sandboxId)
      .catch((_: AppError): LearnerPath => ({ lines: [], omitted: 0 }));
    return joined(path, more).lines;
  }
}

/** In the learner's words, if they gave it others. */
function told(event: IncidentEvent, { words }: IncidentDraft): ToldEvent {
  const text = words[event.key] ?? event.text;
  return { ...event, text, isReworded: event.kind !== 'own' && text !== event.text };
}

/** With what the learner added, in order. */
const withOwn = (events: IncidentEvent[], { own }: IncidentDraft): IncidentEvent[] =>
  [
    ...events,
    ...own.map(({ at, text }, n) => ({
      ...{ key: `own:${n}`, kind: 'own' as const, at, text, facts: [], offsets: [] },
    })),
  ].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
