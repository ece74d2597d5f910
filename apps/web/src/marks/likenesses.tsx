import type { WorkshopMarks } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';

/** Learners whose work looks alike: something to ask about, and nothing that costs points. */
export function Likenesses({ marks }: { marks: WorkshopMarks }) {
  const { t } = useTranslation();
  if (marks.likenesses.length === 0) return null;
  const nameOf = (id: string) =>
    marks.learners.find(({ learnerId }) => learnerId === id)?.name ?? '';
  return (
    <section data-testid="likenesses">
      <h2>{t('marks.likenesses')}</h2>
      <p>{t('marks.likenessText')}</p>
      <ul>
        {marks.likenesses.map(({ learners: [one, two], checks, apartMs, sameCommands }) => (
          <li key={`${one} ${two}`}>
            {t('marks.likeness', {
              one: nameOf(one),
              two: nameOf(two),
              n: checks.length,
              commands: sameCommands,
              s: (apartMs / 1000).toFixed(1),
            })}
          </li>
        ))}
      </ul>
    </section>
  );
}
