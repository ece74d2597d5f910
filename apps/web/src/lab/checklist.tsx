import type { Answer, Attempt, Language, StepContent } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import { CheckItem } from './check-item.tsx';
import { useNarrow } from './use-narrow.ts';
import type { SolutionRun } from './use-solution.ts';

/** What a learner may do with an item; the effect comes as events, in order with the verdicts on it. */
export interface ItemActions {
  /** Each resolves when it is kept. */
  answer: (checkId: string, answer: Answer) => Promise<unknown>;
  quiz: (checkId: string, answers: Record<string, string>) => Promise<unknown>;
  solve: (checkId: string) => void;
  stopSolving: () => void;
  goOnSolving: () => void;
  /** Brings a command block of the lesson into view. */
  showCommand: (commandId: string) => void;
  /** Opens the map and points at something, now or as it was at a time (ms since the epoch). */
  showOnMap: (focus: string | null, at: number | null) => void;
}

/** All that an item's drawing depends on beside the item itself. */
export interface ItemContext {
  step: StepContent;
  /** Of the step's texts. */
  lang: Language;
  attempt: Attempt;
  /** Nobody can be told anything now. */
  lost: boolean;
  solving: SolutionRun | null;
  actions: ItemActions;
}

/** What the kernel says about each item of the step, and where its questions are answered. */
export function Checklist(context: ItemContext) {
  const { step, attempt } = context;
  const { t } = useTranslation();
  const narrow = useNarrow();
  if (step.checklist.length === 0) return null;
  const done = step.checklist.filter(({ checkId }) =>
    attempt.passed.some((one) => one.checkId === checkId),
  ).length;
  return (
    <details className="checklist" open={!narrow}>
      <summary>
        <h2>{t('checklist')}</h2>
        <span>{`${done}/${step.checklist.length}`}</span>
      </summary>
      <ul aria-live="polite">
        {step.checklist.map((item) => (
          <CheckItem key={item.checkId} item={item} context={context} />
        ))}
      </ul>
    </details>
  );
}
