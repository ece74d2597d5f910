import { useTranslation } from 'react-i18next';

/** What is recorded, who sees it and for how long: said before somebody joins, and whenever they ask. */
export function PrivacyNotice({
  recordingsDays,
  marksDays,
  inWorkshop = true,
}: {
  recordingsDays: number;
  marksDays: number;
  /** Outside one there is no staff, no name and no mark. */
  inWorkshop?: boolean;
}) {
  const { t } = useTranslation();
  const room = inWorkshop ? '' : 'Alone';
  return (
    <section className="privacy" data-testid="privacy-notice">
      <h2>{t('privacy.title')}</h2>
      <dl>
        <dt>{t('privacy.what')}</dt>
        <dd>{t(`privacy.whatText${room}`)}</dd>
        <dt>{t('privacy.who')}</dt>
        <dd>{t(`privacy.whoText${room}`)}</dd>
        <dt>{t('privacy.long')}</dt>
        <dd>{t(`privacy.longText${room}`, { recordings: recordingsDays, marks: marksDays })}</dd>
        <dt>{t('privacy.yours')}</dt>
        <dd>{t('privacy.yoursText')}</dd>
      </dl>
    </section>
  );
}
