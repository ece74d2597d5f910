import type { IncidentDraft, IncidentView } from '@tatami/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { reportApi } from './report-api.ts';

/** After the last key. */
const keepAfterMs = 800;

/** A report being written: every change is kept on the server a moment later, one request at a time. */
export function useReport(lab: string) {
  const { i18n } = useTranslation();
  const [view, setView] = useState<IncidentView | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isKept, setKept] = useState(true);
  const wanted = useRef<IncidentDraft | null>(null);
  const keeping = useRef<Promise<void> | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const load = useCallback(
    async (step?: string | null) => {
      try {
        setView(await reportApi.view(lab, i18n.language, step));
        setError(null);
      } catch (cause) {
        setError(cause);
      }
    },
    [lab, i18n.language],
  );
  useEffect(() => void load(), [load]);

  /** Resolves when all that was written is kept. */
  const keep = useCallback((): Promise<void> => {
    clearTimeout(timer.current);
    const keepAll = async () => {
      for (let draft = wanted.current; draft; draft = wanted.current) {
        wanted.current = null;
        const kept = await reportApi.keep(lab, draft).catch((cause: unknown) => {
          // Unless something newer is to be kept by now.
          wanted.current ??= draft;
          throw cause;
        });
        if (!wanted.current) setView(kept);
      }
      setKept(true);
      setError(null);
    };
    // Let go of later than it is set, even when there was nothing to keep.
    keeping.current ??= keepAll().finally(() => {
      keeping.current = null;
    });
    return keeping.current;
  }, [lab]);

  const change = useCallback(
    (draft: IncidentDraft) => {
      setView((old) => old && { ...old, draft, kept: true });
      setKept(false);
      wanted.current = draft;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => keep().catch(setError), keepAfterMs);
    },
    [keep],
  );
  // What was typed in the last moment is not lost when the page is left.
  useEffect(() => () => void (wanted.current && keep().catch(() => undefined)), [keep]);

  const startOver = async () => {
    try {
      wanted.current = null;
      clearTimeout(timer.current);
      await reportApi.discard(lab);
      setKept(true);
      await load();
    } catch (cause) {
      setError(cause);
    }
  };
  /** What it is about: a proposal is made anew, a report that was begun keeps its words. */
  const about = (step: string | null) => {
    if (view?.kept) change({ ...view.draft, step });
    else void load(step);
  };
  return { view, error, setError, isKept, change, keep, about, startOver, reload: load };
}
