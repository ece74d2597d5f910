import type { Terminal } from '@xterm/xterm';
import { terminalSettings } from './settings.ts';

/** Smaller ones show that something is there, but not what. */
const legiblePx = 11;
const leastPx = 5;

/**
 * Makes the letters of a terminal that keeps its columns and rows small enough for its element; where `legible` is
 * wanted, no smaller than can be read, and the rest is scrolled to.
 */
export function letters(
  terminal: Terminal,
  host: HTMLElement,
  shows: 'all' | 'legible',
): { isCut: boolean } {
  const { fontSizePx } = terminalSettings();
  const readablePx = Math.min(legiblePx, fontSizePx);
  const least = shows === 'legible' ? readablePx : leastPx;
  const screen = host.querySelector('.xterm-screen');
  if (!screen?.clientWidth || !screen.clientHeight) return { isCut: false };
  const room = () =>
    Math.min(host.clientWidth / screen.clientWidth, host.clientHeight / screen.clientHeight);
  const within = (px: number) => Math.max(least, Math.min(fontSizePx, Math.floor(px * 4) / 4));
  let px = within((terminal.options.fontSize ?? fontSizePx) * room());
  terminal.options.fontSize = px;
  // Cells are whole pixels: what should fit may not.
  while (room() < 1 && px > least) {
    px = within(px - 0.25);
    terminal.options.fontSize = px;
  }
  return { isCut: px < readablePx || (px === readablePx && room() < 1) };
}

/** Keeps the cursor in view where a terminal is larger than its element, unless somebody scrolled away from it. */
export function followCursor(terminal: Terminal, host: HTMLElement) {
  let follows = true;
  const cursor = () => {
    const screen = host.querySelector('.xterm-screen');
    const { cursorX, cursorY } = terminal.buffer.active;
    const width = (screen?.clientWidth ?? 0) / terminal.cols;
    const height = (screen?.clientHeight ?? 0) / terminal.rows;
    return { left: cursorX * width, top: cursorY * height, width, height };
  };
  const onScroll = () => {
    const { left, top, width, height } = cursor();
    const isBeside = left < host.scrollLeft || left + width > host.scrollLeft + host.clientWidth;
    const isAbove = top < host.scrollTop || top + height > host.scrollTop + host.clientHeight;
    follows = !isBeside && !isAbove;
  };
  const show = () => {
    if (host.style.overflow !== 'auto') return;
    const { left, top, width, height } = cursor();
    // The beginning of a line says more than its end.
    const right = left + 2 * width;
    const over = Math.max(host.scrollLeft, right - host.clientWidth);
    host.scrollLeft = right <= host.clientWidth ? 0 : Math.min(left, over);
    host.scrollTop = Math.min(top, Math.max(host.scrollTop, top + height - host.clientHeight));
  };
  const parsed = terminal.onWriteParsed(() => follows && show());
  host.addEventListener('scroll', onScroll);
  return {
    /** The letters or the element have another size: what was scrolled to is elsewhere. */
    again: () => {
      follows = true;
      host.scrollTo(0, 0);
      show();
    },
    dispose: () => {
      parsed.dispose();
      host.removeEventListener('scroll', onScroll);
    },
  };
}
