import { useTranslation } from 'react-i18next';
import { ApiError } from './api.ts';

/** An error in words, with its number if it has one. */
export function ErrorText({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!error) return null;
  const known = error instanceof ApiError ? error : new ApiError('internal', 1999, '');
  const number = known.number > 0 ? ` (${known.number})` : '';
  return (
    <p role="alert" className="banner" data-testid="error">
      {t(`error.${known.code}`)}
      {number}
    </p>
  );
}
