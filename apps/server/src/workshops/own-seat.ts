import type { OwnSeat } from '@tatami/protocol';
import type { SeatInWorkshop } from './workshops.ts';

/** What a seat's own learner is shown of it. */
export function ownSeat({ workshop, ...seat }: SeatInWorkshop): OwnSeat {
  return {
    workshopId: workshop.id,
    title: workshop.title,
    labId: workshop.labId,
    name: seat.name,
    number: seat.number,
    language: seat.language,
    state: workshop.state,
    opensAt: workshop.opensAt,
    endsAt: workshop.endedAt ?? workshop.closesAt,
    allowed: workshop.allowed,
    recordingsDays: workshop.recordingsDays,
    marksDays: workshop.marksDays,
    removed: seat.removedAt !== null,
  };
}
