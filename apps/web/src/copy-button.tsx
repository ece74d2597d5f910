import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copy } from './copy.ts';

/** Copies a text, and says beside itself whether it could. */
export function CopyButton({ text }: { text: string }) {
  const { t } = useTranslation();
  const [note, setNote] = useState('');
  return (
    <>
      <button
        type="button"
        className="quiet"
        onClick={() => void copy(text).then((done) => setNote(t(done ? 'copied' : 'notCopied')))}
      >
        {t('copy')}
      </button>
      <span role="status">{note}</span>
    </>
  );
}
