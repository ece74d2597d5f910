import { LearnerRoom } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { askUntil } from '../ask-until.ts';
import { useSeat } from '../workshops/seat-store.ts';
import { seatApi } from './room-api.ts';
import { useFollow } from './use-follow.ts';

// A lesson goes on without its room meanwhile.
const delays = { firstDelayMs: 1_000, lastDelayMs: 15_000 };

/** The room that this learner sits in, if it works in this lab; null without one. */
export function useRoom(lab: string): LearnerRoom | null {
  const [room, setRoom] = useState<LearnerRoom | null>(null);
  const { seat } = useSeat();
  // A seat may be given back, and a workshop opened again.
  const standing = `${seat?.state} ${seat?.removed}`;
  useEffect(
    () =>
      askUntil(
        seatApi.room,
        ({ room: found }) => {
          // What the stream tells is newer.
          setRoom((held) => held ?? found);
          return true;
        },
        delays,
      ),
    [standing],
  );
  const isHere = room !== null && room.workshop.labId === lab;
  const following = useFollow(isHere ? '/api/room/events' : null, (text) =>
    setRoom(LearnerRoom.parse(JSON.parse(text))),
  );
  // Taken off the seat, or the workshop has ended; another answer opens the stream anew.
  useEffect(() => {
    if (typeof following === 'object') setRoom(null);
  }, [following]);
  return isHere && typeof following !== 'object' ? room : null;
}
