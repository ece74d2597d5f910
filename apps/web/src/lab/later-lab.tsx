import type { LabContent } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import { LabFacts } from '../catalogue/lab-facts.tsx';
import { Prerequisites } from '../catalogue/prerequisites.tsx';

/** A lab that cannot be opened yet, or not now: what it will be about. */
export function LaterLab({ content }: { content: LabContent }) {
  const { t } = useTranslation();
  const { status, title, summary, lang, prerequisites } = content;
  return (
    <main className="page">
      <article className="card" data-status={status} data-testid="later-lab">
        <LabFacts {...content} />
        <h1 lang={lang}>{title}</h1>
        <p lang={lang}>{summary}</p>
        <Prerequisites ids={prerequisites} />
        <p className="status">{t(status)}</p>
      </article>
      <p>
        <a href="/">{t('toCatalogue')}</a>
      </p>
    </main>
  );
}
