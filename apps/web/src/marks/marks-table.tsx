import type { LearnerMark, WorkshopMarks } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import type { Chosen } from './change-dialog.tsx';
import { marksFile } from './marks-api.ts';

interface Props {
  marks: WorkshopMarks;
  workshop: string;
  onChoose: (chosen: Chosen) => void;
}

/** Learners by items; each cell can be changed. */
export function MarksTable({ marks, workshop, onChoose }: Props) {
  const { t } = useTranslation();
  const { scheme, texts, lang, learners } = marks;
  if (learners.length === 0) return <p>{t('marks.nobody')}</p>;
  return (
    // A wide table is scrolled by keyboard too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus (WCAG 2.1.1)
    <section className="marks-scroll" tabIndex={0} aria-label={t('marks.title')}>
      <table className="marks" data-testid="marks-table">
        <thead>
          <tr>
            <th scope="col">{t('marks.learner')}</th>
            <th scope="col">{t('marks.sum')}</th>
            {scheme.items.map(({ id, points }) => (
              <th key={id} scope="col" title={texts[id]} lang={lang}>
                <span className="unseen">{texts[id]}</span>
                <span aria-hidden="true">{id}</span>
                <small>{points}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {learners.map((learner) => (
            <Row key={learner.learnerId} {...{ learner, marks, workshop, onChoose }} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ learner, marks, workshop, onChoose }: Props & { learner: LearnerMark }) {
  const { t } = useTranslation();
  const { name, number, mark, original, changes, joinedAt } = learner;
  const isAlike = marks.likenesses.some(({ learners }) => learners.includes(learner.learnerId));
  return (
    <tr data-testid="marks-row">
      <th scope="row">
        <span>{name}</span> <small>{number}</small>
        {joinedAt === null && <small className="badge">{t('marks.absent')}</small>}
        {isAlike && <small className="badge">{t('marks.alike')}</small>}
        <br />
        <a href={marksFile.learner(workshop, learner.learnerId)} download>
          {t('marks.record')}
        </a>
      </th>
      <td data-passed={mark.passed}>
        <b>{mark.earned}</b>
        <br />
        {mark.earned !== original.earned && (
          <small>
            {t('marks.was', { n: original.earned })}
            <br />
          </small>
        )}
        <small>{t(mark.passed ? 'marks.passed' : 'marks.notPassed')}</small>
      </td>
      {mark.items.map(({ id, state, earned }) => {
        const isChanged = changes.findLast(({ itemId }) => itemId === id)?.earned != null;
        const said = t('marks.cell', { item: marks.texts[id] ?? id, name, n: earned });
        return (
          <td key={id} data-state={state}>
            <button
              type="button"
              className="quiet"
              aria-label={`${said}, ${t(`mark.${state}`)}`}
              title={t(`mark.${state}`)}
              data-testid={`mark-${id}`}
              onClick={() => onChoose({ learner, itemId: id })}
            >
              {earned}
              {isChanged ? '*' : ''}
            </button>
          </td>
        );
      })}
    </tr>
  );
}
