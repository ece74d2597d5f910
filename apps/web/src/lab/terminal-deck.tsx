import { type ReactNode, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TerminalPane } from '../terminal/terminal-pane.tsx';
import type { TerminalHandle } from '../terminal/use-terminal-stream.ts';
import { useNarrow } from './use-narrow.ts';

interface Props {
  lab: string;
  /** Changes with every machine and every reset of the step: the shells are new then. */
  shells: string;
  tabs: string[];
  current: string;
  bar: ReactNode;
  onTab: (id: string) => void;
  onHandle: (id: string, handle: TerminalHandle | null) => void;
  onStartMachine: () => void;
  map: DeckMap;
}

/** The map beside the terminals: below them, or in their place where there is no room for both. */
export interface DeckMap {
  isOpen: boolean;
  onToggle: () => void;
  panel: ReactNode;
}

const allTabs = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];

/** The machine's terminals as tabs; all stay connected, one is shown. */
export function TerminalDeck({
  lab,
  shells,
  tabs,
  current,
  bar,
  onTab,
  onHandle,
  onStartMachine,
  map,
}: Props) {
  const { t } = useTranslation();
  const [titles, setTitles] = useState<Record<string, string>>({});
  const onTitle = useCallback(
    (id: string, title: string) => setTitles((old) => ({ ...old, [id]: title })),
    [],
  );
  const covered = useNarrow() && map.isOpen;
  const free = allTabs.find((id) => !tabs.includes(id));
  const show = (id: string) => {
    onTab(id);
    if (covered) map.onToggle();
  };
  return (
    <>
      <div className="deck-bar">
        <div className="tabs" role="tablist" aria-label={t('terminals')}>
          {tabs.map((id) => (
            <button
              key={id}
              id={`tab-${id}`}
              type="button"
              role="tab"
              className="tab"
              aria-selected={id === current}
              title={titles[id] || undefined}
              data-testid={`terminal-tab-${id}`}
              onClick={() => show(id)}
            >
              {t('terminal', { id })}
            </button>
          ))}
        </div>
        {free && (
          <button
            type="button"
            className="tab"
            aria-label={t('addTerminal')}
            data-testid="add-terminal"
            onClick={() => show(free)}
          >
            +
          </button>
        )}
        <button
          type="button"
          className="tab"
          aria-pressed={map.isOpen}
          title={t('map.show')}
          data-testid="map-tab"
          onClick={map.onToggle}
        >
          {t('map')}
        </button>
        {bar}
      </div>
      {tabs.map((id) => (
        <TerminalPane
          key={`${shells}-${id}`}
          lab={lab}
          id={id}
          visible={id === current && !covered}
          onHandle={onHandle}
          onTitle={onTitle}
          onStartMachine={onStartMachine}
        />
      ))}
      {map.panel}
    </>
  );
}
