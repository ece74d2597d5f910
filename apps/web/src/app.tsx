import { useTranslation } from 'react-i18next';
import { usePath } from './navigation.ts';
import { pageAt } from './pages.tsx';
import { keep } from './storage.ts';
import { SeatBar } from './workshops/seat-bar.tsx';
import { useSeatFollower } from './workshops/seat-follower.ts';

function toggleTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
  keep('tatami.theme', root.dataset.theme);
}

/** The page that the address names, below the common header. */
export function App() {
  const { t, i18n } = useTranslation();
  const path = usePath();
  useSeatFollower();
  return (
    <>
      <header className="top">
        <a href="/" className="brand">
          <svg width="22" height="22" viewBox="0 0 24 24" aria-hidden="true">
            <path d="M2 2h20v6H2zM2 10h9v12H2zM13 10h9v12h-9z" fill="currentColor" />
          </svg>
          Tatami
        </a>
        <select
          aria-label={t('language')}
          value={i18n.language}
          onChange={(e) => void i18n.changeLanguage(e.target.value)}
        >
          <option value="zh-CN" lang="zh-CN">
            简体中文
          </option>
          <option value="ja" lang="ja">
            日本語
          </option>
          <option value="en" lang="en">
            English
          </option>
        </select>
        <button type="button" className="quiet" aria-label={t('theme')} onClick={toggleTheme}>
          ◐
        </button>
      </header>
      <SeatBar path={path} />
      {pageAt(path, <main className="page">{t('loading')}</main>)}
    </>
  );
}
