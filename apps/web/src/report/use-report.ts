import type { IncidentDraft, IncidentView } from '@tatami/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLeaveGuard } from '../use-leave-guard.ts';
import { reportApi } from './report-api.ts';

/** After the last key. */
const keepAfterMs = 800;
/** After a request that failed. */
const keepAgainAfterMs = 4000;

/** A report being written: every change is kept on the server a moment later, one request at a time. */
export function useReport(lab: string) {
  const { i18n } = useTranslation();
  const [view, setView] = useState<IncidentView | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isKept, setKept] = useState(true);
  const wanted = useRef<IncidentDraft | null>(null);
  const keeping = useRef<Promise<void> | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isOpen = useRef(true);
  /** What a report that was not begun is proposed about; undefined: as the server thinks. */
  const step = useRef<string | null>(undefined);
  /** Goes up with each load and each change: an answer that either has overtaken is not shown. */
  const edition = useRef(0);
  useLeaveGuard(!isKept, () => true);

  /** Resolves when all that was written is kept; what could not be is tried again later. */
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
      clearTimeout(timer.current);
      // Not of a page that was left: it may be open anew, with newer words.
      if (wanted.current && isOpen.current)
        timer.current = setTimeout(() => keep().catch(setError), keepAgainAfterMs);
    });
    return keeping.current;
  }, [lab]);

  /** Only after what was typed is kept: the answer would take its place. */
  const load = useCallback(async () => {
    edition.current += 1;
    const mine = edition.current;
    try {
      await keep();
      const loaded = await reportApi.view(lab, i18n.language, step.current);
      if (mine !== edition.current) return;
      setView(loaded);
      setError(null);
    } catch (cause) {
      if (mine === edition.current) setError(cause);
    }
  }, [lab, i18n.language, keep]);
  useEffect(() => void load(), [load]);

  const change = useCallback(
    (draft: IncidentDraft) => {
      edition.current += 1;
      setView((old) => old && { ...old, draft, kept: true });
      setKept(false);
      wanted.current = draft;
      clearTimeout(timer.current);
      timer.current = setTimeout(() => keep().catch(setError), keepAfterMs);
    },
    [keep],
  );
  // What was typed in the last moment is not lost when the page is left.
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
      clearTimeout(timer.current);
      if (wanted.current) keep().catch(() => undefined);
    };
  }, [keep]);

  const startOver = async () => {
    // What is under way would be kept after all.
    await keeping.current?.catch(() => undefined);
    clearTimeout(timer.current);
    const draft = wanted.current;
    wanted.current = null;
    try {
      await reportApi.discard(lab);
      step.current = undefined;
      setKept(true);
      await load();
    } catch (cause) {
      if (draft && !wanted.current) change(draft);
      setError(cause);
    }
  };
  /** What it is about: a proposal is made anew, a report that was begun keeps its words. */
  const about = (wish: string | null) => {
    if (view?.kept) return change({ ...view.draft, step: wish });
    step.current = wish;
    void load();
  };
  return { view, error, setError, isKept, change, keep, about, startOver, reload: load };
}
