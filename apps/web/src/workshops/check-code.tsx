import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { readCode, reasonsOf } from './preflight.ts';

const dayMs = 86_400_000;

/** What the code of a learner's machine says. */
export function CheckCode() {
  const { t, i18n } = useTranslation();
  const [typed, setTyped] = useState('');
  const result = readCode(typed);
  const reasons = result ? reasonsOf(result) : [];
  const day = result && new Date(result.day * dayMs);
  return (
    <section aria-labelledby="check-codes">
      <h2 id="check-codes">{t('check.codes')}</h2>
      <p>
        {t('check.codesText')} <a href="/check">{`${location.host}/check`}</a>
      </p>
      <input
        className="code-input"
        aria-labelledby="check-codes"
        data-testid="read-check"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        placeholder="ABCD-EFGH"
        value={typed}
        onChange={(e) => setTyped(e.target.value)}
      />
      <div role="status" data-testid="check-says">
        {typed.trim() && !result && <p>{t('check.noCode')}</p>}
        {result && day && (
          <>
            <p className="check-verdict" data-state={reasons.length === 0 ? 'good' : 'poor'}>
              {t(reasons.length === 0 ? 'check.green' : 'check.notGreen')}{' '}
              <small>
                {t('check.on', {
                  day: day.toLocaleDateString(i18n.language, { timeZone: 'UTC' }),
                  n: result.roundTripMs,
                })}
              </small>
            </p>
            <ul>
              {reasons.map((reason) => (
                <li key={reason}>{t(`check.reason.${reason}`)}</li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}
