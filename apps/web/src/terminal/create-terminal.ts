import { FitAddon } from '@xterm/addon-fit';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/xterm';
import { copy } from '../copy.ts';
import { terminalOptions } from './theme.ts';

/** A terminal in the page that keeps the size of its element. */
export interface MountedTerminal {
  terminal: Terminal;
  /** Fits it to its element, if that can be seen. */
  fit: () => void;
  dispose: () => void;
}

/** Puts a terminal into `host`. Ctrl+M decides whether Tab leaves it; `onTabLeaves` is told. */
export function mountTerminal(
  host: HTMLElement,
  options: { readOnly: boolean; label: string; onTabLeaves: (leaves: boolean) => void },
): MountedTerminal {
  const terminal = new Terminal({ ...terminalOptions, disableStdin: options.readOnly });
  const fitAddon = new FitAddon();
  terminal.loadAddon(fitAddon);
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  terminal.open(host);
  terminal.textarea?.setAttribute('aria-label', options.label);
  const fit = () => {
    if (host.offsetParent) fitAddon.fit();
  };
  const observer = new ResizeObserver(fit);
  observer.observe(host);
  // Measured again once our font is there; before that the columns are those of another.
  void document.fonts.load('14px "JetBrains Mono Variable"').then(() => {
    terminal.options.fontFamily = `${terminalOptions.fontFamily} `;
    fit();
  });
  let leaves = false;
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.isComposing || event.type !== 'keydown') return true;
    const key = event.key.toLowerCase();
    if (event.ctrlKey && key === 'm') {
      event.preventDefault();
      leaves = !leaves;
      options.onTabLeaves(leaves);
      return false;
    }
    if (key === 'tab' && (leaves || options.readOnly)) return false;
    const copies = event.ctrlKey && key === 'c' && terminal.hasSelection();
    if (copies || (event.ctrlKey && event.shiftKey && key === 'c')) {
      event.preventDefault();
      void copy(terminal.getSelection());
      terminal.clearSelection();
      return false;
    }
    // The browser pastes by itself.
    return !(event.ctrlKey && key === 'v');
  });
  return {
    terminal,
    fit,
    dispose: () => {
      observer.disconnect();
      terminal.dispose();
    },
  };
}
