import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { showFurigana, useFurigana } from './furigana.ts';

/** Japanese words, with their reading above them if there is one and readings are wanted. */
export function Japanese({ reading, children }: { reading: string; children: ReactNode }) {
  const shown = useFurigana();
  if (!reading || !shown) return <span lang="ja">{children}</span>;
  return (
    <ruby lang="ja">
      {children}
      <rp>（</rp>
      <rt>{reading}</rt>
      <rp>）</rp>
    </ruby>
  );
}

/** Shows and hides all readings. */
export function FuriganaSwitch() {
  const { t } = useTranslation();
  const shown = useFurigana();
  return (
    <button
      type="button"
      role="switch"
      className="quiet switch"
      aria-checked={shown}
      data-testid="furigana"
      onClick={() => showFurigana(!shown)}
    >
      {t('furigana')}
    </button>
  );
}
