import { LearnerRoom } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { seatApi } from './room-api.ts';
import { useFollow } from './use-follow.ts';

/** The room that this learner sits in, if it works in this lab; null without one. */
export function useRoom(lab: string): LearnerRoom | null {
  const [room, setRoom] = useState<LearnerRoom | null>(null);
  useEffect(() => {
    let over = false;
    seatApi.room().then(
      (seat) => !over && setRoom(seat.room),
      // A lesson goes on without its room.
      () => undefined,
    );
    return () => {
      over = true;
    };
  }, []);
  const isHere = room !== null && room.workshop.labId === lab;
  const following = useFollow(isHere ? '/api/room/events' : null, (text) =>
    setRoom(LearnerRoom.parse(JSON.parse(text))),
  );
  // Taken off the seat, or the workshop has ended.
  return isHere && typeof following !== 'object' ? room : null;
}
