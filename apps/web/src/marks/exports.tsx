import type { WorkshopMarks } from '@tatami/protocol';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { marksFile } from './marks-api.ts';

/** Files to take away. */
export function Exports({ marks, workshop }: { marks: WorkshopMarks; workshop: string }) {
  const { t } = useTranslation();
  const [bom, setBom] = useState(true);
  const nameless = marks.learners.filter(({ number }) => number === null).length;
  return (
    <section data-testid="exports">
      <h2>{t('marks.exports')}</h2>
      <p className="row">
        <a className="button" href={marksFile.csv(workshop, 'all', bom)} download>
          CSV
        </a>
        <a className="button" href={marksFile.csv(workshop, 'moodle', false)} download>
          {t('marks.csvFor', { system: 'Moodle' })}
        </a>
        <a className="button" href={marksFile.csv(workshop, 'canvas', false)} download>
          {t('marks.csvFor', { system: 'Canvas' })}
        </a>
        <a className="button" href={marksFile.json(workshop)} download>
          {t('marks.json')}
        </a>
      </p>
      <label className="row">
        <input type="checkbox" checked={bom} onChange={(event) => setBom(event.target.checked)} />
        {t('marks.bom')}
      </label>
      {nameless > 0 && <p>{t('marks.noNumber', { n: nameless })}</p>}
    </section>
  );
}
