import { installStyleNonce } from './nonce.ts';

installStyleNonce();

import './i18n/index.ts';
import '@fontsource-variable/jetbrains-mono';
import '@xterm/xterm/css/xterm.css';
import './styles/base.css';
import './styles/catalogue.css';
import './styles/staff.css';
import './styles/workshops.css';
import './styles/lab.css';
import './styles/lesson.css';
import './styles/checklist.css';
import './styles/terminals.css';
import './styles/terminal-tools.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { installNavigation } from './navigation.ts';
import { isPage } from './pages.tsx';
import { kept } from './storage.ts';
import { installVisibleHeight } from './visible-height.ts';

const theme = kept('tatami.theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
installNavigation(isPage);
installVisibleHeight();
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
