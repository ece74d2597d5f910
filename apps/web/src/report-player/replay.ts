import { passOverExcess, writeInPieces } from '@tatami/protocol/emulator';
import { SerializeAddon } from '@xterm/addon-serialize';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { Terminal } from '@xterm/xterm';
import { clockTime } from '../player/clock-time.ts';
import { Playback, type PlaybackState, speeds } from '../player/playback.ts';
import { textContrast, xtermTheme } from '../terminal/themes.ts';
import { type PackedRecording, type ReplayData, unpacked } from './replay-data.ts';

const tickMs = 40;
const scrollbackLines = 500;
const letterPx = { least: 7, most: 13 };
/** A replay of what led to a moment begins this long before it, as played. */
const leadMs = 8_000;
const fontFamily =
  'ui-monospace, "JetBrains Mono", "DejaVu Sans Mono", "Noto Sans Mono CJK JP", monospace';

/** A recording that can be played where it stands in the report. */
export interface Replay {
  /** Plays what led to this offset. */
  playTo: (offset: number) => void;
}

export async function mountReplay(
  host: HTMLElement,
  recording: PackedRecording,
  texts: ReplayData['texts'],
): Promise<Replay> {
  const read = await unpacked(recording);
  const screen = host.appendChild(document.createElement('div'));
  screen.className = 'screen';
  const terminal = mountTerminal(screen, recording);
  const controls = makeControls(host, texts);
  // Where it stops by itself, as played; null: at the end.
  let stopMs: number | null = null;
  const playback = new Playback({
    ...{ index: recording.index, screen: screenOf(terminal), read },
    onState: (state) => controls.show(state),
    now: () => performance.now(),
  });
  controls.play.addEventListener('click', () => {
    stopMs = null;
    if (controls.playing()) playback.pause();
    else playback.play();
  });
  controls.position.addEventListener('input', () => {
    stopMs = null;
    playback.seek(controls.position.valueAsNumber);
  });
  controls.speed.addEventListener('change', () => playback.setSpeed(Number(controls.speed.value)));
  setInterval(() => {
    playback.tick();
    if (stopMs === null || controls.positionMs() < stopMs) return;
    stopMs = null;
    playback.pause();
  }, tickMs);
  playback.seekOffset(recording.index.end);
  return {
    playTo: (offset) => {
      const endMs = playback.playedMsOf(offset);
      playback.seek(Math.max(0, endMs - leadMs));
      playback.play();
      stopMs = endMs;
      host.scrollIntoView({ block: 'center' });
      controls.play.focus({ preventScroll: true });
    },
  };
}

function mountTerminal(host: HTMLElement, { label, index }: PackedRecording): Terminal {
  const terminal = new Terminal({
    ...{ cols: index.cols, rows: index.rows, scrollback: scrollbackLines },
    ...{ fontFamily, fontSize: letterPx.most, lineHeight: 1.2 },
    ...{ theme: xtermTheme('dark'), minimumContrastRatio: textContrast },
    ...{ disableStdin: true, cursorBlink: false, allowProposedApi: true },
  });
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
  passOverExcess(terminal);
  terminal.open(host);
  terminal.textarea?.setAttribute('aria-label', label);
  // Nothing is typed here: every key is the page's.
  terminal.attachCustomKeyEventHandler(() => false);
  const fit = () => fitLetters(terminal, host);
  terminal.onResize(fit);
  new ResizeObserver(fit).observe(host);
  fit();
  return terminal;
}

/** All columns are shown where the letters stay readable; else the rest is scrolled to. */
function fitLetters(terminal: Terminal, host: HTMLElement): void {
  const drawn = host.querySelector('.xterm-screen');
  const px = terminal.options.fontSize ?? letterPx.most;
  if (!drawn?.clientWidth || !host.clientWidth) return;
  const wanted = Math.floor((px * (host.clientWidth - 12)) / drawn.clientWidth);
  const next = Math.max(letterPx.least, Math.min(letterPx.most, wanted));
  if (next < px || next > px + 1) terminal.options.fontSize = next;
}

function screenOf(terminal: Terminal) {
  const serialize = new SerializeAddon();
  terminal.loadAddon(serialize);
  return {
    resize: (cols: number, rows: number) => terminal.resize(cols, rows),
    clear: () => terminal.reset(),
    write: (data: Uint8Array | string) => writeInPieces(terminal, data),
    snapshot: () => serialize.serialize({ scrollback: scrollbackLines }),
  };
}

/** Play and pause, where, how fast, and when what is shown came. */
function makeControls(host: HTMLElement, texts: ReplayData['texts']) {
  const row = host.appendChild(document.createElement('div'));
  row.className = 'controls';
  const add = <K extends keyof HTMLElementTagNameMap>(name: K) =>
    row.appendChild(document.createElement(name));
  const play = add('button');
  play.type = 'button';
  const position = add('input');
  position.type = 'range';
  position.setAttribute('aria-label', texts.position);
  const time = add('span');
  const speed = add('select');
  speed.setAttribute('aria-label', texts.speed);
  for (const one of speeds) speed.add(new Option(`${one}×`, String(one), one === 1, one === 1));
  const when = add('span');
  const clock = new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone: texts.zone, dateStyle: 'short', timeStyle: 'medium' },
  });
  let shown: PlaybackState | null = null;
  return {
    ...{ play, position, speed },
    playing: () => shown?.playing ?? false,
    positionMs: () => shown?.positionMs ?? 0,
    show(state: PlaybackState) {
      shown = state;
      play.textContent = state.playing ? texts.pause : texts.play;
      position.max = String(Math.ceil(state.durationMs));
      position.value = String(Math.round(state.positionMs));
      const at = `${clockTime(state.positionMs)} / ${clockTime(state.durationMs)}`;
      time.textContent = at;
      position.setAttribute('aria-valuetext', at);
      when.textContent = clock.format(new Date(state.shownAt));
    },
  };
}
