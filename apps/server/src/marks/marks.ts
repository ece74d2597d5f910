import type { Lab } from '@tatami/lab-format/loader';
import {
  AppError,
  type GradingRequest,
  type GradingScheme,
  type Language,
  type LearnerMark,
  type Mark,
  type MarkChange,
  type MarkChangeRequest,
  type MarksExport,
  type OwnMarks,
  type Seat,
  type Weights,
  type Workshop,
  type WorkshopMarks,
} from '@tatami/protocol';
import type { Labs } from '../labs/labs.ts';
import type { Workshops } from '../workshops/workshops.ts';
import { likenesses } from './likeness.ts';
import { grade, withChanges } from './mark.ts';
import type { MarkStore, NewGrading, StoredGrading } from './mark-store.ts';
import { lessonDigest, schemeOf } from './scheme.ts';
import { type LearnerWork, recordsOf, type WorkStore } from './work-store.ts';

/** What {@link Marks} works with. */
interface MarkParts {
  marks: MarkStore;
  work: WorkStore;
  labs: Labs;
  workshops: Workshops;
  now?: () => Date;
}

/** Everything that a workshop's marks are made of. */
interface Room {
  workshop: Workshop;
  lab: Lab;
  scheme: GradingScheme;
  gradings: StoredGrading[];
  settled: boolean;
  seats: Seat[];
  work: Map<string, LearnerWork>;
  stored: Map<string, Map<number, Mark>>;
  changes: Map<string, MarkChange[]>;
}

/** Marks of learners: as they stand, fixed when their workshop closes, changed by hand, graded again. */
export class Marks {
  readonly #marks: MarkStore;
  readonly #work: WorkStore;
  readonly #labs: Labs;
  readonly #workshops: Workshops;
  readonly #now: () => Date;

  constructor({ marks, work, labs, workshops, now = () => new Date() }: MarkParts) {
    this.#marks = marks;
    this.#work = work;
    this.#labs = labs;
    this.#workshops = workshops;
    this.#now = now;
  }

  /** A learner's own: how this lab is graded for them, and how they stand. @throws `lab.unknown`. */
  async own(learnerId: string, labId: string, lang: Language): Promise<OwnMarks> {
    const seat = await this.#workshops.seatOf(learnerId);
    if (seat?.workshop.labId === labId) {
      const room = await this.#room(seat.workshop, [seat]);
      const { mark, changes } = learnerMark(room, seat);
      const { title } = seat.workshop;
      return {
        ...textsOf(room.lab, lang),
        ...{ scheme: room.scheme, settled: room.settled, mark, changes },
        workshop: { title, closesAt: deadlineOf(seat.workshop) },
      };
    }
    const lab = this.#labs.get(labId);
    const scheme = schemeOf(lab, null);
    const work = (await this.#work.of([learnerId], labId)).get(learnerId);
    const mark = grade(scheme, work ?? noWork, null);
    const alone = { workshop: null, settled: false, changes: [] };
    return { ...textsOf(lab, lang), scheme, mark, ...alone };
  }

  /** How a learner stands in a lab, for whoever passes it on. @throws `lab.unknown`. */
  async of(learnerId: string, labId: string): Promise<{ mark: Mark; settled: boolean }> {
    const seat = await this.#workshops.seatOf(learnerId);
    if (seat?.workshop.labId === labId) {
      const room = await this.#room(seat.workshop, [seat]);
      return { mark: learnerMark(room, seat).mark, settled: room.settled };
    }
    const scheme = schemeOf(this.#labs.get(labId), null);
    const work = (await this.#work.of([learnerId], labId)).get(learnerId);
    return { mark: grade(scheme, work ?? noWork, null), settled: false };
  }

  /** @throws `lab.unavailable`. */
  async view(workshop: Workshop, lang: Language): Promise<WorkshopMarks> {
    return this.#view(await this.#room(workshop), lang);
  }

  /** Everything that is kept, for one learner or all. @throws `marks.learner-unknown`. */
  async export(workshop: Workshop, lang: Language, learnerId?: string): Promise<MarksExport> {
    const room = await this.#room(workshop);
    const view = await this.#view(room, lang);
    const learners = view.learners
      .filter((one) => learnerId === undefined || one.learnerId === learnerId)
      .map((learner) => {
        const work = room.work.get(learner.learnerId);
        const stored = [...(room.stored.get(learner.learnerId) ?? [])];
        return {
          ...learner,
          machines: work?.machines ?? 0,
          checks: work ? recordsOf(work, room.lab.checkIds) : [],
          gradings: stored.map(([version, mark]) => ({ version, mark })),
        };
      });
    if (learnerId !== undefined && learners.length === 0)
      throw new AppError('marks.learner-unknown');
    const likenesses = view.likenesses.filter(
      (one) => learnerId === undefined || one.learners.includes(learnerId),
    );
    const exportedAt = this.#now().toISOString();
    return { ...view, learners, likenesses, workshop: workshop.id, exportedAt };
  }

  /** @throws `marks.learner-unknown`, `marks.item-unknown`, `marks.too-many-points`. */
  async change(
    workshop: Workshop,
    learnerId: string,
    accountId: string,
    { itemId, earned, reason }: MarkChangeRequest,
  ): Promise<void> {
    const { seats, scheme } = await this.#room(workshop);
    if (!seats.some((seat) => seat.learnerId === learnerId))
      throw new AppError('marks.learner-unknown');
    const item = scheme.items.find(({ id }) => id === itemId);
    if (!item) throw new AppError('marks.item-unknown');
    if ((earned ?? 0) > item.points) throw new AppError('marks.too-many-points');
    await this.#marks.addChange({
      ...{ workshopId: workshop.id, learnerId, itemId, earned, accountId, reason },
      at: this.#now().toISOString(),
    });
  }

  /** Weighs a workshop's items anew, while nobody could have relied on it. @throws `marks.weights-fixed`, `marks.item-unknown`. */
  async weigh(workshop: Workshop, weights: Weights): Promise<Workshop> {
    if (workshop.state !== 'draft' || (await this.isGraded(workshop.id)))
      throw new AppError('marks.weights-fixed');
    demandItems(this.#labs.get(workshop.labId), weights);
    return this.#workshops.weigh(workshop.id, weights);
  }

  /** Its weights are those of its gradings from then on, also when it is planned anew. */
  async isGraded(workshopId: string): Promise<boolean> {
    return (await this.#marks.gradings(workshopId)).length > 0;
  }

  /** Grades kept work by the lesson and weights of now; what was graded before stays. @throws `marks.open`, `marks.item-unknown`. */
  async gradeAgain(
    workshop: Workshop,
    accountId: string,
    { reason, weights }: GradingRequest,
  ): Promise<void> {
    const room = await this.#room(workshop);
    if (!room.settled) throw new AppError('marks.open');
    if (weights) demandItems(room.lab, weights);
    const scheme = schemeOf(room.lab, weights ?? weightsOf(room.scheme));
    await this.#fix(room, { scheme, lesson: lessonDigest(room.lab), accountId, reason });
  }

  /**
   * Fixes the marks of a workshop that is over, unless they are. Again when evidence says something else since: it came
   * late from a runner that was away, or a clock that was set right had closed the workshop too early. By what was graded
   * then: another lesson is for somebody with a reason.
   */
  async settle(workshopId: string): Promise<void> {
    const workshop = await this.#workshops.byId(workshopId);
    if (workshop?.state !== 'ended' || !this.#labs.find(workshop.labId)) return;
    const room = await this.#room(workshop);
    const { scheme, gradings, lab, settled } = room;
    const lesson = (settled && gradings.at(-1)?.lesson) || lessonDigest(lab);
    if (!settled || hasMore(room))
      await this.#fix(room, { scheme, lesson, accountId: null, reason: null });
  }

  async #fix(
    { workshop, lab, seats, work }: Room,
    made: Pick<NewGrading, 'scheme' | 'lesson' | 'accountId' | 'reason'>,
  ): Promise<void> {
    const { scheme } = made;
    const closesAt = deadlineOf(workshop);
    // What counts stays on record, also when the lesson has it no more.
    const checkIds = [...new Set([...lab.checkIds, ...scheme.items.flatMap((one) => one.checks)])];
    await this.#marks.addGrading({
      ...{ workshopId: workshop.id, closesAt, ...made },
      madeAt: this.#now().toISOString(),
      marks: seats.map(({ learnerId }) => {
        const own = work.get(learnerId);
        const mark = grade(scheme, own ?? noWork, closesAt);
        return { learnerId, mark, checks: own ? recordsOf(own, checkIds) : [] };
      }),
    });
  }

  async #room(workshop: Workshop, only?: Seat[]): Promise<Room> {
    const lab = this.#labs.get(workshop.labId);
    const gradings = await this.#marks.gradings(workshop.id);
    const newest = gradings.at(-1);
    const settled = workshop.state === 'ended' && newest?.closesAt === deadlineOf(workshop);
    const seats =
      only ??
      (await this.#workshops.seats(workshop.id)).filter(({ removedAt }) => removedAt === null);
    const ids = seats.map(({ learnerId }) => learnerId);
    return {
      ...{ workshop, lab, gradings, settled, seats },
      // What a grading was made by stays, whatever the lesson has become; while it is open the lesson counts.
      scheme:
        settled && newest
          ? newest.scheme
          : schemeOf(lab, newest ? weightsOf(newest.scheme) : workshop.weights),
      work: await this.#work.of(ids, workshop.labId),
      stored: await this.#marks.marks(workshop.id, ids),
      changes: await this.#marks.changes(workshop.id, ids),
    };
  }

  async #view(room: Room, lang: Language): Promise<WorkshopMarks> {
    const { workshop, lab, scheme, gradings, settled, seats, work } = room;
    const newest = gradings.at(-1);
    return {
      ...textsOf(lab, lang),
      ...{ title: workshop.title, closesAt: deadlineOf(workshop), scheme, settled },
      gradings: gradings.map(({ lesson: _, ...grading }) => grading),
      lessonChanged: newest !== undefined && newest.lesson !== lessonDigest(lab),
      weighable: workshop.state === 'draft' && gradings.length === 0,
      intact: (await this.#marks.faulty(workshop.id)).length === 0,
      learners: seats.map((seat) => learnerMark(room, seat)),
      erased: await this.#marks.erased(workshop.id),
      likenesses: likenesses(
        [...work].map(([learnerId, own]) => ({ learnerId, proofs: proofsOf(own) })),
      ),
    };
  }
}

function textsOf(lab: Lab, asked: Language): Pick<WorkshopMarks, 'lab' | 'lang' | 'texts'> {
  const { lang, checklist } = lab.content(asked);
  return {
    lab: lab.id,
    lang,
    texts: Object.fromEntries(checklist.map(({ id, text }) => [id, text])),
  };
}

function demandItems({ checklist }: Lab, { points }: Weights): void {
  const items = checklist.map(({ id }) => id);
  if (Object.keys(points).some((id) => !items.includes(id)))
    throw new AppError('marks.item-unknown');
}

const noWork = { passedAt: new Map<string, string>(), assisted: new Set<string>() };

/** When a workshop ends: at its time, or before when it was ended by hand. */
export const deadlineOf = ({ closesAt, endedAt }: Workshop): string =>
  endedAt !== null && Date.parse(endedAt) < Date.parse(closesAt) ? endedAt : closesAt;

const weightsOf = ({ items, passPercent, assistedPercent }: GradingScheme): Weights => ({
  points: Object.fromEntries(items.map(({ id, points }) => [id, points])),
  ...{ passPercent, assistedPercent },
});

function learnerMark(room: Room, { learnerId, name, number, joinedAt }: Seat): LearnerMark {
  const { workshop, scheme, gradings, settled } = room;
  const stored = room.stored.get(learnerId);
  const live = grade(scheme, room.work.get(learnerId) ?? noWork, deadlineOf(workshop));
  const [first] = stored?.values() ?? [];
  const changes = room.changes.get(learnerId) ?? [];
  const graded = (settled && stored?.get(gradings.at(-1)?.version ?? 0)) || live;
  return {
    ...{ learnerId, name, number, joinedAt, changes },
    mark: withChanges(graded, scheme, changes),
    original: first ?? live,
  };
}

/** Evidence gives somebody other points than the newest grading, by the same rule. */
function hasMore({ workshop, scheme, gradings, seats, work, stored }: Room): boolean {
  const version = gradings.at(-1)?.version ?? 0;
  return seats.some(({ learnerId }) => {
    const live = grade(scheme, work.get(learnerId) ?? noWork, deadlineOf(workshop));
    return live.earned > (stored.get(learnerId)?.get(version)?.earned ?? 0);
  });
}

/** When each check passed and by which commands. */
const proofsOf = ({ evidence }: LearnerWork) =>
  [...evidence].map(([checkId, { at, facts }]) => {
    const commands = facts.filter(({ name }) => name === 'command').map(({ value }) => value);
    return {
      checkId,
      atMs: Date.parse(at),
      command: commands.length > 0 ? commands.join('\n') : null,
    };
  });
