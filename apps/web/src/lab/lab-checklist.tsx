import type { Attempt, LabContent } from '@tatami/protocol';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { StepMark } from './step-mark.tsx';

type Item = LabContent['checklist'][number];

interface Props {
  content: LabContent;
  attempt: Attempt;
  busy: boolean;
  onOpen: (stepId: string) => void;
}

/** An item is done when all its checks have passed, and assisted when a solution was asked for one. */
export function standingOf({ checks }: Item, { passed, assisted }: Attempt) {
  if (!checks.every((id) => passed.some(({ checkId }) => checkId === id))) return 'open';
  return checks.some((id) => assisted.includes(id)) ? 'assisted' : 'done';
}

/** What the learner can do by now, over all steps: a count that opens to the list. */
export function LabChecklist({ content, attempt, busy, onOpen }: Props) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const items = content.checklist.map((item) => ({ ...item, standing: standingOf(item, attempt) }));
  if (items.length === 0) return null;
  const done = items.filter(({ standing }) => standing !== 'open').length;
  const title = t('ability');
  const open = (stepId: string) => {
    dialog.current?.close();
    if (stepId !== attempt.stepId) onOpen(stepId);
  };
  return (
    <>
      <button
        type="button"
        className="quiet ability-count"
        aria-label={`${title}: ${t('ability.count', { n: done, total: items.length })}`}
        title={title}
        data-testid="ability"
        onClick={() => dialog.current?.showModal()}
      >
        <StepMark state={done === items.length ? 'done' : 'open'} />
        {`${done}/${items.length}`}
      </button>
      <dialog ref={dialog} className="ability" aria-label={title}>
        <h2>{title}</h2>
        <p>{t('ability.count', { n: done, total: items.length })}</p>
        <ol>
          {items.map(({ id, text, stepId, standing }) => {
            const step = content.steps.find((one) => one.id === stepId);
            return (
              <li key={id} data-testid={`ability-${id}`} data-standing={standing}>
                <StepMark state={standing === 'open' ? 'untouched' : 'done'} />
                <div>
                  <span lang={content.lang}>{text}</span>{' '}
                  <small className="badge">{t(`ability.${standing}`)}</small>
                  <br />
                  <button
                    type="button"
                    className="link"
                    disabled={busy || step?.status !== 'ready'}
                    lang={content.lang}
                    onClick={() => open(stepId)}
                  >
                    {step?.title}
                  </button>
                </div>
              </li>
            );
          })}
        </ol>
        <p>
          <a href={`/labs/${content.id}/marks`}>{t('marks.link')}</a>
        </p>
        <button type="button" className="quiet" onClick={() => dialog.current?.close()}>
          {t('close')}
        </button>
      </dialog>
    </>
  );
}
