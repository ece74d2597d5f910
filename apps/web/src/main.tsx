import { installStyleNonce } from './nonce.ts';

installStyleNonce();

import './i18n/index.ts';
import '@fontsource-variable/jetbrains-mono';
import '@xterm/xterm/css/xterm.css';
import './styles.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

const theme = localStorage.getItem('tatami.theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
