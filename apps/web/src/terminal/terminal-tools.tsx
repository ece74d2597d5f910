import { useTranslation } from 'react-i18next';
import { toggleFullScreen, useIsFullScreen } from './full-screen.ts';
import { SettingsMenu } from './settings-menu.tsx';

interface Props {
  onSearch: () => void;
  /** What gets the whole screen. */
  onFullScreen: () => Element | null;
  onClosed: () => void;
}

/** What can be done with a terminal, at the end of its status line. */
export function TerminalTools({ onSearch, onFullScreen, onClosed }: Props) {
  const { t } = useTranslation();
  const isFull = useIsFullScreen();
  const full = t(isFull ? 'fullScreen.leave' : 'fullScreen');
  return (
    <div className="terminal-tools" role="toolbar" aria-label={t('terminalTools')}>
      <button
        type="button"
        className="tool"
        title={t('search')}
        aria-label={t('search')}
        data-testid="terminal-search"
        onClick={onSearch}
      >
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <circle cx="7" cy="7" r="4.2" />
          <path d="M10.2 10.2L14 14" />
        </svg>
      </button>
      <SettingsMenu onClosed={onClosed} />
      {document.fullscreenEnabled && (
        <button
          type="button"
          className="tool"
          title={full}
          aria-label={full}
          data-testid="full-screen"
          onClick={() => {
            const element = onFullScreen();
            // Refused by the browser's policy: nothing changes then.
            if (element) toggleFullScreen(element).then(onClosed, () => undefined);
          }}
        >
          <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4" />
          </svg>
        </button>
      )}
    </div>
  );
}
