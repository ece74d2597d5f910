import { passOverExcess } from '@tatami/protocol';
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { type ITerminalOptions, Terminal } from '@xterm/xterm';
import { copy } from '../copy.ts';
import { keyAction, type PaneAction } from './keys.ts';
import { followCursor, letters } from './letters.ts';
import { openLink, safeLink } from './links.ts';
import { onSettings, terminalSettings } from './settings.ts';
import { textContrast, themes, xtermTheme } from './themes.ts';

/** A terminal in the page that keeps the size of its element and looks as the settings say. */
export interface MountedTerminal {
  terminal: Terminal;
  search: SearchAddon;
  /** Fits it to its element, if that can be seen. */
  fit: () => void;
  /** Gives it a size that it keeps; null: that of its element again. */
  take: (size: { cols: number; rows: number } | null) => void;
  /** Its size is not that of its element. */
  readonly keepsSize: boolean;
  /** Of one that keeps its size: all of it in view, or letters that can be read and the rest scrolled to. */
  zoom: (shows: 'all' | 'legible') => void;
  /** Where a row of the screen begins, in CSS pixels from the top of what holds `host`. */
  topOf: (row: number) => number;
  dispose: () => void;
}

interface MountOptions {
  readOnly: boolean;
  label: string;
  /** The columns and rows are given: where there is no room for them, the letters become smaller. */
  keepsSize?: boolean;
  /** Whether letters that can be read leave no room for all of it; told when that changes. */
  onCut?: (isCut: boolean) => void;
  /** Whether Tab leaves the terminal now; asked at each Tab. */
  tabLeaves?: () => boolean;
  onAction?: (action: PaneAction) => void;
  /** Instead of pasting it. */
  onPaste?: (text: string) => void;
  /** The pointer is on a link, or on none. */
  onLink?: (link: URL | null) => void;
  /** A link was touched, on a screen where nobody can hold a key. */
  onTap?: (link: URL) => void;
}

/** Whose keyboard it is; xterm.js decides by the same word. */
export const isMac = /^(Mac|iPhone|iPad)/.test(navigator.platform);

/** Latin glyphs are ours; the rest comes from the system, in fonts that are twice as wide for CJK. */
const fontFamily =
  '"JetBrains Mono Variable", "Noto Sans Mono CJK SC", "Noto Sans Mono CJK JP", "Sarasa Mono SC", "Microsoft YaHei", "DejaVu Sans Mono", monospace';

function look(): ITerminalOptions {
  const { theme, fontSizePx, optionIsMeta, screenReader } = terminalSettings();
  return {
    theme: xtermTheme(theme),
    fontSize: fontSizePx,
    macOptionIsMeta: optionIsMeta,
    screenReaderMode: screenReader,
  };
}

/** Puts a terminal into `host`. */
export function mountTerminal(host: HTMLElement, options: MountOptions): MountedTerminal {
  const terminal = new Terminal({
    ...look(),
    allowProposedApi: true,
    disableStdin: options.readOnly,
    fontFamily,
    lineHeight: 1.2,
    scrollback: 5000,
    cursorBlink: false,
    // For what programs choose beyond the sixteen colours, and for pairs of those.
    minimumContrastRatio: textContrast,
    linkHandler: linkHandler(options),
  });
  const fitAddon = new FitAddon();
  const search = new SearchAddon();
  terminal.loadAddon(fitAddon);
  terminal.loadAddon(search);
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  passOverExcess(terminal);
  const { activate, hover, leave } = linkHandler(options);
  terminal.loadAddon(new WebLinksAddon(activate, { hover, leave }));
  terminal.open(host);
  terminal.textarea?.setAttribute('aria-label', options.label);
  let keepsSize = options.keepsSize ?? false;
  let shows: Parameters<MountedTerminal['zoom']>[0] = 'all';
  let isCut = false;
  const cursor = followCursor(terminal, host);
  const fit = () => {
    if (!host.offsetParent) return;
    // Letters become so small and no smaller: the rest is scrolled to.
    host.style.overflow = keepsSize ? 'auto' : '';
    const wasCut = isCut;
    if (keepsSize) {
      isCut = letters(terminal, host, shows).isCut;
      cursor.again();
    } else {
      isCut = false;
      fitAddon.fit();
    }
    if (isCut !== wasCut) options.onCut?.(isCut);
  };
  const take: MountedTerminal['take'] = (size) => {
    if (!size && !keepsSize) return;
    keepsSize = size !== null;
    if (size) terminal.resize(size.cols, size.rows);
    else terminal.options.fontSize = terminalSettings().fontSizePx;
    fit();
  };
  const observer = new ResizeObserver(fit);
  observer.observe(host);
  terminal.onResize(() => keepsSize && fit());
  // Measured again once our font is there; before that the columns are those of another.
  void document.fonts.load('14px "JetBrains Mono Variable"').then(() => {
    terminal.options.fontFamily = `${fontFamily} `;
    fit();
  });
  const follow = () => {
    Object.assign(terminal.options, look());
    paintFrame();
    fit();
  };
  paintFrame();
  const endSettings = onSettings(follow);
  handleKeys(terminal, options);
  host.addEventListener('paste', (event) => takePaste(event, terminal, options), true);
  return {
    terminal,
    search,
    fit,
    take,
    get keepsSize() {
      return keepsSize;
    },
    zoom: (wanted) => {
      shows = wanted;
      fit();
    },
    topOf: (row) => {
      const screen = host.querySelector('.xterm-screen');
      return host.offsetTop + ((screen?.clientHeight ?? 0) * row) / terminal.rows;
    },
    dispose: () => {
      endSettings();
      observer.disconnect();
      cursor.dispose();
      terminal.dispose();
    },
  };
}

/** What surrounds the cells has their colour too. */
function paintFrame(): void {
  const { background, foreground } = themes[terminalSettings().theme];
  document.documentElement.style.setProperty('--terminal-bg', background);
  document.documentElement.style.setProperty('--terminal-fg', foreground);
}

function linkHandler({ onLink, onTap }: MountOptions) {
  return {
    activate: (event: MouseEvent, address: string) => {
      const link = safeLink(address);
      if (!link) return;
      if (event.ctrlKey || event.metaKey) openLink(link);
      else if (matchMedia('(pointer: coarse)').matches) onTap?.(link);
    },
    hover: (_: MouseEvent, address: string) => onLink?.(safeLink(address)),
    leave: () => onLink?.(null),
  };
}

function handleKeys(terminal: Terminal, { readOnly, tabLeaves, onAction }: MountOptions): void {
  terminal.attachCustomKeyEventHandler((event) => {
    // An input method has the key.
    if (event.isComposing || event.type !== 'keydown') return true;
    const action = keyAction(event, {
      isMac,
      hasSelection: terminal.hasSelection(),
      tabLeaves: readOnly || (tabLeaves?.() ?? false),
    });
    if (!action) return true;
    if (action.name === 'browser') return false;
    event.preventDefault();
    if (action.name === 'copy') copySelection(terminal);
    else onAction?.(action);
    return false;
  });
}

/** Copies what is selected. The selection ends with it, so that the next Ctrl+C interrupts. */
function copySelection(terminal: Terminal): void {
  const text = terminal.getSelection();
  terminal.clearSelection();
  void copy(text).then(() => terminal.focus());
}

function takePaste(event: ClipboardEvent, terminal: Terminal, { onPaste }: MountOptions): void {
  event.preventDefault();
  event.stopImmediatePropagation();
  // A context menu left the selection there, for copying.
  if (terminal.textarea) terminal.textarea.value = '';
  onPaste?.(event.clipboardData?.getData('text/plain') ?? '');
}
