import type { Answer, Solution } from '@tatami/protocol';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api } from '../api.ts';
import { type Typed, type TypingEnd, typeLines, untyped } from '../terminal/type-lines.ts';
import type { TerminalHandle } from '../terminal/use-terminal-stream.ts';

/** A solution while it is fetched, typed, or once that has ended. */
export interface SolutionRun {
  checkId: string;
  solution: Solution | null;
  typed: Typed;
  /** Null while it goes on. */
  end: TypingEnd | { name: 'failed'; error: unknown } | null;
}

/** What was typed for the learner: it fills the form of the answer. */
export const filledAnswer = (run: SolutionRun | null): Answer | null =>
  run?.end?.name === 'done' ? (run.solution?.answer ?? null) : null;

/** Fetches solutions and types them into the terminals, one at a time. */
export function useSolution(
  lab: string,
  /** Names the shells and what is asked of them: when it changes, the typing ends. */
  round: string,
  /** Brings a terminal to the front and returns it once it is there. */
  terminal: (id: string) => TerminalHandle | undefined,
) {
  const [run, setRun] = useState<SolutionRun | null>(null);
  const abort = useRef<AbortController | null>(null);
  const terminals = useRef(terminal);
  terminals.current = terminal;
  const stop = useCallback(() => abort.current?.abort(), []);
  useEffect(() => {
    setRun(null);
    return stop;
  }, [round, stop]);

  const type = async (checkId: string, known: Solution | null, from: Typed) => {
    abort.current?.abort();
    const own = new AbortController();
    abort.current = own;
    const tell = (change: Partial<SolutionRun>) => {
      // A run that was stopped by the next one has nothing to say any more.
      if (abort.current === own)
        setRun((old) => (old?.checkId === checkId ? { ...old, ...change } : old));
    };
    setRun({ checkId, solution: known, typed: from, end: null });
    try {
      const solution = known ?? (await api.solution(lab, checkId));
      tell({ solution });
      const end = await typeLines(solution.lines, from, {
        terminal: (id) => terminals.current(id),
        signal: own.signal,
        onTyped: (typed) => tell({ typed }),
      });
      tell({ end });
      const last = solution.lines.at(-1);
      // Whoever watched from the button that stops it is left with nothing to hold.
      if (end.name === 'done' && last && isFocusFree()) terminals.current(last.terminal)?.focus();
    } catch (error) {
      tell({ end: { name: 'failed', error } });
    }
  };
  return {
    run,
    stop,
    solve: (checkId: string) => void type(checkId, null, untyped),
    /** Types what is left. */
    goOn: () => run?.solution && void type(run.checkId, run.solution, run.typed),
  };
}

const isFocusFree = () =>
  document.activeElement === document.body || document.activeElement?.closest('.solve') !== null;
