import type { StaffMember } from '../workshops/workshops.ts';
import type { Room } from './room.ts';
import type { Rooms } from './rooms.ts';

/** The room of a workshop to whose staff this account belongs. @throws `workshop.unknown` for everybody else. */
export async function roomOf(
  rooms: Rooms,
  account: StaffMember,
  workshopId: string,
): Promise<Room> {
  await rooms.parts.workshops.forStaff(account, workshopId);
  return rooms.room(workshopId);
}
