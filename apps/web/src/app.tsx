import { useTranslation } from 'react-i18next';
import { CataloguePage } from './catalogue/catalogue-page.tsx';
import { Later } from './later.tsx';
import { usePath } from './navigation.ts';
import { keep } from './storage.ts';

// The terminal is most of the program; the catalogue does not wait for it.
const labPage = () => import('./lab/lab-page.tsx');
const mapPage = () => import('./map/map-page.tsx');
const playerPage = () => import('./player/player-page.tsx');

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
  const [, lab, map] = /^\/labs\/([^/]+)\/?(map\/?)?$/.exec(path) ?? [];
  const [, recordedLab, terminal] =
    /^\/labs\/([^/]+)\/terminals\/([1-9])\/recording\/?$/.exec(path) ?? [];
  const loading = <main className="page">{t('loading')}</main>;
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
      {lab && (
        <Later
          key={`${lab} ${map ?? ''}`}
          load={map ? mapPage : labPage}
          props={{ lab: decodeURIComponent(lab) }}
        >
          {loading}
        </Later>
      )}
      {recordedLab && terminal && (
        <Later
          key={path}
          load={playerPage}
          props={{ lab: decodeURIComponent(recordedLab), terminal }}
        >
          {loading}
        </Later>
      )}
      {!lab && !recordedLab && <CataloguePage />}
    </>
  );
}
