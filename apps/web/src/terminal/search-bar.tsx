import type { ISearchOptions, SearchAddon } from '@xterm/addon-search';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ThemeName, themes } from './themes.ts';
import { useSettings } from './use-settings.ts';

interface Props {
  search: SearchAddon;
  /** Changes each time that the search is asked for, also while it is open. */
  asked: number;
  onClose: () => void;
}

/** Looks for text in what the terminal has shown. */
export function SearchBar({ search, asked, onClose }: Props) {
  const { t } = useTranslation();
  const { theme } = useSettings();
  const [text, setText] = useState('');
  const [caseSensitive, setCaseSensitive] = useState(false);
  const [results, setResults] = useState({ resultIndex: -1, resultCount: 0 });
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const listener = search.onDidChangeResults(setResults);
    return () => {
      listener.dispose();
      search.clearDecorations();
    };
  }, [search]);
  useEffect(() => field.current?.select(), [asked]);
  const options: ISearchOptions = { caseSensitive, decorations: decorations(theme) };
  useEffect(() => {
    // Else the addon takes no notice of other options for the same text.
    search.clearDecorations();
    search.findNext(text, { ...options, incremental: true });
  }, [search, text, caseSensitive, theme]);
  const next = () => search.findNext(text, options);
  const previous = () => search.findPrevious(text, options);
  return (
    <search
      className="terminal-card search-bar"
      onKeyDown={(event) => {
        // An input method has the key; Safari says so by its number alone.
        if (event.nativeEvent.isComposing || event.keyCode === 229) return;
        if (event.key === 'Escape') {
          // Else a dialog around the terminal would close, too.
          event.preventDefault();
          onClose();
        }
        if (event.key === 'Enter' && event.target === field.current)
          event.shiftKey ? previous() : next();
      }}
    >
      <input
        ref={field}
        type="text"
        aria-label={t('search')}
        placeholder={t('search')}
        autoComplete="off"
        spellCheck={false}
        value={text}
        data-testid="search-field"
        onChange={(event) => setText(event.target.value)}
      />
      <output data-testid="search-count">{text && countText(results)}</output>
      <Tool
        id="case"
        label={t('search.case')}
        pressed={caseSensitive}
        onClick={() => setCaseSensitive((on) => !on)}
      >
        Aa
      </Tool>
      <Tool id="previous" label={t('search.previous')} onClick={previous}>
        ↑
      </Tool>
      <Tool id="next" label={t('search.next')} onClick={next}>
        ↓
      </Tool>
      <Tool id="close" label={t('search.close')} onClick={onClose}>
        ×
      </Tool>
    </search>
  );
}

function Tool({
  id,
  label,
  pressed,
  onClick,
  children,
}: {
  id: string;
  label: string;
  pressed?: boolean;
  onClick: () => void;
  children: string;
}) {
  return (
    <button
      type="button"
      className="tool"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      data-testid={`search-${id}`}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

/** Which of how many; the addon does not say which where there are very many. */
function countText({ resultIndex, resultCount }: { resultIndex: number; resultCount: number }) {
  return resultIndex < 0 ? `${resultCount}` : `${resultIndex + 1}/${resultCount}`;
}

function decorations(name: ThemeName): NonNullable<ISearchOptions['decorations']> {
  const { found, foundNow, foreground } = themes[name];
  return {
    matchBackground: found,
    matchOverviewRuler: found,
    activeMatchBackground: foundNow,
    activeMatchBorder: foreground,
    activeMatchColorOverviewRuler: foundNow,
  };
}
