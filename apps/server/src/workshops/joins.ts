import { AppError, type JoinRequest, type Seat, type Workshop } from '@tatami/protocol';
import { Rates } from '../http/rates.ts';
import type { Learner, Learners } from '../sessions/learners.ts';
import { nameKey, numberKey } from './names.ts';
import { PinGuesses } from './pin-guesses.ts';
import type { Seats } from './seats.ts';
import type { Workshops } from './workshops.ts';

/** Wrong codes and PINs from one browser: a few at once, then one in ten seconds. */
const wrongOfGuest = { perSecond: 0.1, burst: 5 };
/** From all programs at an address that bring no cookie of our pages. */
const wrongOfAddress = { perSecond: 0.5, burst: 40 };
/** Joins that are remembered, in case the answer was lost. */
const mostJoins = 2000;

/** Whoever wants to come in: by {@link guestOf}, with the learner that the browser is already. */
export interface Guest {
  name: string;
  learnerId: string | null;
}

type ByName = Extract<JoinRequest, { by: 'name' }>;

/** How learners come into a workshop by its code. Wrong codes and PINs slow down whoever tries them, and nobody else. */
export class Joins {
  readonly #workshops: Workshops;
  readonly #seats: Seats;
  readonly #learners: Learners;
  readonly pins = new PinGuesses();
  readonly #codes = wrongRates();
  /** Apart from codes: whoever has typed wrong PINs still asks the staff, for which the code is needed. */
  readonly #tries = wrongRates();
  /** The learner that a browser became, by browser, workshop and name. */
  readonly #recent = new Map<string, string>();

  constructor(parts: { workshops: Workshops; seats: Seats; learners: Learners }) {
    this.#workshops = parts.workshops;
    this.#seats = parts.seats;
    this.#learners = parts.learners;
  }

  /** @throws `workshop.code-unknown`; `request.rate` while this guest has been wrong too often. */
  async workshop(guest: Guest, code: string): Promise<Workshop> {
    const wasRight = taken(this.#codes, guest);
    const workshop = await this.#workshops.byJoinCode(code);
    if (!workshop) throw new AppError('workshop.code-unknown');
    wasRight();
    return workshop;
  }

  /** A seat for this guest. @throws as {@link Seats.join}; `workshop.pin-wrong`, `workshop.pin-locked`, `workshop.ended`. */
  async join(guest: Guest, workshop: Workshop, request: JoinRequest): Promise<Learner> {
    if (workshop.state === 'ended') throw new AppError('workshop.ended');
    return request.by === 'name'
      ? this.#byName(guest, workshop, request)
      : this.#byPin(guest, workshop, request);
  }

  async #byName(guest: Guest, workshop: Workshop, request: ByName): Promise<Learner> {
    if (workshop.joining === 'roster') throw new AppError('workshop.roster-only');
    const { name, number } = request;
    const join = JSON.stringify([guest.name, workshop.id, nameKey(name), number]);
    const before = await this.#before(workshop, request, [this.#recent.get(join), guest.learnerId]);
    if (before) return before;
    const learner = await this.#seats.join(workshop, request);
    const [oldest] = this.#recent.keys();
    if (this.#recent.size >= mostJoins && oldest !== undefined) this.#recent.delete(oldest);
    // An address may be many people's; a cookie is one browser's.
    if (hasCookie(guest)) this.#recent.set(join, learner.id);
    return learner;
  }

  /** The seat asked for, if the browser has it already or was given it when the answer was lost. */
  async #before(
    workshop: Workshop,
    request: ByName,
    ids: (string | null | undefined)[],
  ): Promise<Learner | undefined> {
    for (const id of ids) {
      const seat = id ? await this.#workshops.seatOf(id) : undefined;
      if (seat?.workshopId === workshop.id && isSame(seat, request, workshop.joining))
        return this.#learners.byId(seat.learnerId);
    }
    return undefined;
  }

  async #byPin(
    guest: Guest,
    workshop: Workshop,
    request: Extract<JoinRequest, { by: 'pin' }>,
  ): Promise<Learner> {
    const { number } = request;
    const wasRight = taken(this.#tries, guest);
    if (!this.pins.take(workshop.id, number)) {
      // Nothing was looked at, so nothing was guessed.
      wasRight();
      throw new AppError('workshop.pin-locked');
    }
    const learnerId = await this.#seats.byPin(workshop, request);
    const learner = learnerId && (await this.#learners.byId(learnerId));
    if (!learner) {
      const guessed = await this.#seats.named(workshop, null, number);
      if (guessed) this.pins.wrong(workshop.id, number, guessed);
      throw new AppError('workshop.pin-wrong');
    }
    wasRight();
    this.pins.right(workshop.id, number, learner.id);
    await this.#seats.arrive(learner.id);
    return learner;
  }
}

/** Whether a seat is that of whoever asks. Numbers tell two of one name apart, also in one browser. */
const isSame = (seat: Seat, { name, number }: ByName, joining: Workshop['joining']): boolean =>
  nameKey(seat.name) === nameKey(name) &&
  (joining !== 'name-number' || numberKey(seat.number ?? '') === numberKey(number ?? ''));

const wrongRates = () => ({
  ofGuests: new Rates(wrongOfGuest),
  ofAddresses: new Rates(wrongOfAddress),
});

const hasCookie = ({ name }: Guest): boolean => name.startsWith('guest ');

/** Counts a try as wrong until it was right. @returns what to call then. @throws `request.rate`. */
function taken(wrong: ReturnType<typeof wrongRates>, guest: Guest): () => void {
  const rates = hasCookie(guest) ? wrong.ofGuests : wrong.ofAddresses;
  if (!rates.take(guest.name)) throw new AppError('request.rate');
  return () => rates.give(guest.name);
}
