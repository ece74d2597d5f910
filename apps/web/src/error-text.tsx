import { useTranslation } from 'react-i18next';
import { ApiError } from './api.ts';

/** An error in words, with its number. */
export function ErrorText({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!error) return null;
  const known = error instanceof ApiError ? error : new ApiError('internal', 1999, '');
  return (
    <p role="alert" className="banner">
      {t(`error.${known.code}`)} ({known.number})
    </p>
  );
}
