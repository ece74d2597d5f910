import { useTranslation } from 'react-i18next';
import { LearnerText } from '../lab/learner-text.tsx';
import type { Odd } from './odd-characters.ts';
import type { OddCommand } from './watch-line.ts';

const mostCharacters = 200;
/** Rows that the notice covers, with some air. */
const noticeRows = 4;

/** The kinds of odd characters in words, each once. */
export function useOddKinds(found: Odd[]): string {
  const { t, i18n } = useTranslation();
  const kinds = [...new Set(found.map(({ kind }) => kind))].map((kind) => t(`odd.${kind}`));
  return new Intl.ListFormat(i18n.language, { type: 'conjunction' }).format(kinds);
}

interface Props {
  command: OddCommand;
  /** Where a row of the screen begins, in CSS pixels from the top of what this stands in. */
  topOf: (row: number) => number;
  onConvert: () => void;
  onLeave: () => void;
}

/** Says that the command holds characters of an input method, next to its line and not over it. */
export function OddNotice({ command: { line, found, meant }, topOf, onConvert, onLeave }: Props) {
  const { t } = useTranslation();
  const kinds = useOddKinds(found);
  const isAbove = line.firstRow >= noticeRows;
  const place = isAbove
    ? { bottom: `calc(100% - ${topOf(line.firstRow)}px)` }
    : { top: topOf(line.lastRow + 1) };
  return (
    <div className="terminal-card odd-notice" style={place} role="status" data-testid="odd-notice">
      <p>{t('odd.notice', { kinds })}</p>
      <p className="row">
        <code>
          <LearnerText text={meant} most={mostCharacters} />
        </code>
        <button
          type="button"
          title="Ctrl+Shift+Enter"
          data-testid="odd-convert"
          onClick={onConvert}
        >
          {t('odd.convert')}
        </button>
        <button type="button" className="quiet" data-testid="odd-leave" onClick={onLeave}>
          {t('odd.leave')}
        </button>
      </p>
    </div>
  );
}
