import { installStyleNonce } from './nonce.ts';

installStyleNonce();

import './i18n/index.ts';
import '@xterm/xterm/css/xterm.css';
import './styles.css';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
