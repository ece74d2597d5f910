import type { GradingScheme, Mark, MarkChange } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import { shownDate } from '../staff/shown-date.ts';
import { Points } from './points.tsx';

interface Props {
  scheme: GradingScheme;
  /** Of the items, in `lang`. */
  texts: Record<string, string>;
  lang: string;
  /** Null: nothing ends. */
  closesAt: string | null;
  /** How somebody stands; without it only the rules are shown. */
  mark?: Mark;
  changes?: MarkChange[];
}

/** How a lesson is graded: what each item is worth, what a shown solution costs, when it ends. */
export function GradingNotice({ scheme, texts, lang, closesAt, mark, changes = [] }: Props) {
  const { t, i18n } = useTranslation();
  const possible = scheme.items.reduce((sum, { points }) => sum + points, 0);
  const needed = (possible * scheme.passPercent) / 100;
  return (
    <div className="grading" data-testid="grading">
      <ul className="grading-rules">
        <li>{t('grading.items')}</li>
        <li>{t('grading.pass', { needed, possible, percent: scheme.passPercent })}</li>
        <li>{t('grading.assisted', { percent: scheme.assistedPercent })}</li>
        {closesAt && <li>{t('grading.deadline', { time: shownDate(closesAt, i18n.language) })}</li>}
        {closesAt && <li>{t('grading.changes')}</li>}
      </ul>
      <ol className="grading-items">
        {scheme.items.map(({ id, points }) => {
          const own = mark?.items.find((item) => item.id === id);
          const change = changes.findLast(({ itemId }) => itemId === id);
          return (
            <li key={id} data-testid={`grading-${id}`} data-state={own?.state}>
              <span lang={lang}>{texts[id] ?? id}</span>
              <span className="grading-points">
                {own && <small className="badge">{t(`mark.${own.state}`)}</small>}{' '}
                <Points earned={own?.earned} possible={points} />
              </span>
              {change && (
                <small className="grading-change">
                  {t(change.earned === null ? 'mark.changedBack' : 'mark.changed', {
                    by: change.by,
                    time: shownDate(change.at, i18n.language),
                    reason: change.reason ?? '',
                  })}
                </small>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
