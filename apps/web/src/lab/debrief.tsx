import type { Debrief as DebriefData, Language, StepContent } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { clockText } from './drill-bar.tsx';
import { LearnerText } from './learner-text.tsx';

const mostCharacters = 160;

/** Where the debrief stands in the text; anchors of headings have no dot. */
export const debriefAnchor = 'drill.debrief';

interface Props {
  lab: string;
  step: StepContent;
  /** Of the step's texts. */
  lang: Language;
  /** When the cause was named. */
  namedAt: string;
  busy: boolean;
  onAgain: () => void;
}

/** A drill looked back on, once its cause was named. */
export function Debrief({ lab, step, lang, namedAt, busy, onAgain }: Props) {
  const { t } = useTranslation();
  const [debrief, setDebrief] = useState<DebriefData | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let over = false;
    api.debrief(lab).then(
      (found) => !over && setDebrief(found),
      (cause: unknown) => !over && setError(cause),
    );
    return () => {
      over = true;
    };
  }, [lab, namedAt]);
  return (
    <section
      id={debriefAnchor}
      className="debrief"
      aria-label={t('debrief')}
      data-testid="debrief"
      tabIndex={-1}
    >
      <h2>{t('debrief')}</h2>
      <ErrorText error={error} />
      {debrief && <Told {...{ debrief, step, lang }} />}
      <button type="button" disabled={busy} data-testid="drill-again" onClick={onAgain}>
        {t('debrief.again')}
      </button>
    </section>
  );
}

/** The time, and the learner's path beside the shortest one. */
export function Told({
  debrief,
  step,
  lang,
}: Pick<Props, 'step' | 'lang'> & { debrief: DebriefData }) {
  const { t } = useTranslation();
  const { causeAfterMs, cause, path, omitted, shortest } = debrief;
  const unhelpful = path.filter(({ helped }) => !helped).length;
  return (
    <>
      <p>
        {t('debrief.time', { cause: t(`cause.${cause}`), time: clockText(causeAfterMs) })}{' '}
        {t('debrief.sum', { n: path.length + omitted, shortest: shortest.length, unhelpful })}
      </p>
      <div className="paths">
        <div>
          <h3>{t('debrief.yours')}</h3>
          {omitted > 0 && <p>{t('debrief.omitted', { n: omitted })}</p>}
          <ol>
            {path.map((deed, index) => (
              <PathLine key={index} {...{ deed, step, lang }} />
            ))}
          </ol>
        </div>
        <div>
          <h3>{t('debrief.shortest')}</h3>
          <ol>
            {shortest.map((line, index) => (
              <li key={index}>
                <code>{line}</code>
              </li>
            ))}
          </ol>
        </div>
      </div>
    </>
  );
}

function PathLine({
  deed,
  step,
  lang,
}: Pick<Props, 'step' | 'lang'> & { deed: DebriefData['path'][number] }) {
  const { t } = useTranslation();
  const { atMs, command, exitCode, ticked, helped } = deed;
  const tickedItems = step.checklist.filter(({ checkId }) => ticked.includes(checkId));
  return (
    <li data-helped={helped} data-testid="deed">
      <small className="at">{clockText(atMs)}</small>{' '}
      <code>
        <LearnerText text={command} most={mostCharacters} />
      </code>{' '}
      {exitCode !== null && exitCode !== 0 && (
        <small>{t('debrief.exit', { code: exitCode })}</small>
      )}
      {tickedItems.map(({ checkId, text }) => (
        <small className="ticked" key={checkId}>
          {`✓ ${t('debrief.ticked')}`} <span lang={lang}>{text}</span>
        </small>
      ))}
      {!helped && <small className="badge">{t('debrief.unhelpful')}</small>}
    </li>
  );
}
