import { useTranslation } from 'react-i18next';

/** That another window has the terminal, and how to have it here. */
export function ViewerBanner({ onTake }: { onTake: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="shell-ended" role="status" data-testid="viewer">
      <p>{t('viewer')}</p>
      <button type="button" data-testid="use-here" onClick={onTake}>
        {t('useHere')}
      </button>
    </div>
  );
}
