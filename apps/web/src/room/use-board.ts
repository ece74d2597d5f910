import { BoardEvent, type LabContent } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { type BoardNow, boardAfter } from './board-model.ts';
import { useClock } from './use-clock.ts';
import { useFollow } from './use-follow.ts';

/** A workshop's live board with the texts of its lesson, and the server's time. */
export function useBoard(workshopId: string, names: boolean) {
  const [board, setBoard] = useState<BoardNow | null>(null);
  const clock = useClock();
  const query = names ? '' : '?names=0';
  const following = useFollow(`/api/workshops/${workshopId}/board${query}`, (text) => {
    const event = BoardEvent.parse(JSON.parse(text));
    clock.set(event.now);
    setBoard((old) => boardAfter(old, event));
  });
  const { content, error } = useLesson(board?.workshop.labId);
  return { board, content, error, following, now: clock.now };
}

/** A lesson in the chosen language. */
export function useLesson(lab: string | undefined) {
  const { language } = useTranslation().i18n;
  const [content, setContent] = useState<LabContent | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    if (!lab) return;
    let over = false;
    api
      .session()
      .then(() => api.lab(lab, language))
      .then(
        (found) => !over && setContent(found),
        (cause: unknown) => !over && setError(cause),
      );
    return () => {
      over = true;
    };
  }, [lab, language]);
  return { content, error };
}
