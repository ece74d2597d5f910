import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isMac } from './create-terminal.ts';
import { locksKeyboard } from './full-screen.ts';
import { changeSettings, fontSizes, stepFontSize } from './settings.ts';
import { themeNames } from './themes.ts';
import { useSettings } from './use-settings.ts';

/** A button that opens the settings of all terminals, and what their keys do. */
export function SettingsMenu({ onClosed }: { onClosed: () => void }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    if (!isOpen) return;
    const close = (event: Event) => {
      if (!(event.target instanceof Node && place.current?.contains(event.target))) setOpen(false);
    };
    for (const type of ['pointerdown', 'focusin']) document.addEventListener(type, close);
    return () => {
      for (const type of ['pointerdown', 'focusin']) document.removeEventListener(type, close);
    };
  }, [isOpen]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes what is open within.
    <div
      className="settings-menu"
      ref={place}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen) return;
        setOpen(false);
        onClosed();
      }}
    >
      <button
        type="button"
        className="tool"
        aria-expanded={isOpen}
        aria-controls={id}
        title={t('settings')}
        aria-label={t('settings')}
        data-testid="terminal-settings"
        onClick={() => setOpen(!isOpen)}
      >
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <path d="M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6" />
          <circle cx="10" cy="4.5" r="1.8" />
          <circle cx="6" cy="11.5" r="1.8" />
        </svg>
      </button>
      {isOpen && (
        <section className="settings-card" id={id} aria-label={t('settings')}>
          <Choices />
          <KeyList />
        </section>
      )}
    </div>
  );
}

function Choices() {
  const { t } = useTranslation();
  const { theme, fontSizePx, ...switches } = useSettings();
  const id = useId();
  const isShown = (name: keyof typeof switches) => name !== 'optionIsMeta' || isMac;
  return (
    <>
      <div className="setting">
        <label htmlFor={id}>{t('settings.theme')}</label>
        <select
          id={id}
          value={theme}
          data-testid="terminal-theme"
          onChange={({ target }) =>
            changeSettings({ theme: themeNames.find((name) => name === target.value) ?? theme })
          }
        >
          {themeNames.map((name) => (
            <option key={name} value={name}>
              {t(`settings.theme.${name}`)}
            </option>
          ))}
        </select>
      </div>
      <fieldset className="setting">
        <legend>{t('settings.fontSize')}</legend>
        <Step label={t('settings.smaller')} by={-1} disabled={fontSizePx <= fontSizes.least}>
          −
        </Step>
        <output data-testid="font-size">{fontSizePx}</output>
        <Step label={t('settings.larger')} by={1} disabled={fontSizePx >= fontSizes.most}>
          +
        </Step>
      </fieldset>
      {(['screenReader', 'bellSounds', 'optionIsMeta'] as const).filter(isShown).map((name) => (
        <label key={name} className="choice">
          <input
            type="checkbox"
            checked={switches[name]}
            onChange={(event) => changeSettings({ [name]: event.target.checked })}
          />
          <span>{t(`settings.${name}`)}</span>
        </label>
      ))}
    </>
  );
}

function Step({
  label,
  by,
  disabled,
  children,
}: {
  label: string;
  by: number;
  disabled: boolean;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      className="tool"
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={() => stepFontSize(by)}
    >
      {children}
    </button>
  );
}

/** What the terminals' own keys do, said on the screen: nobody guesses them. */
function KeyList() {
  const { t } = useTranslation();
  const list: [string, string][] = [
    ['keys.copy', isMac ? '⌘C' : 'Ctrl+Shift+C'],
    ['keys.paste', isMac ? '⌘V' : 'Ctrl+V'],
    ['keys.search', isMac ? '⌘F' : 'Ctrl+Shift+F'],
    ['keys.fontSize', 'Ctrl+Shift+ + −'],
    ['keys.convert', 'Ctrl+Shift+Enter'],
    ['keys.tab', 'Ctrl+M'],
    ...(isMac ? [['keys.clear', '⌘K'] satisfies [string, string]] : []),
  ];
  return (
    <>
      <dl className="key-list">
        {list.map(([name, keys]) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>
              <kbd>{keys}</kbd>
            </dd>
          </div>
        ))}
      </dl>
      {locksKeyboard() && <p className="setting-note">{t('settings.fullScreenKeys')}</p>}
    </>
  );
}
