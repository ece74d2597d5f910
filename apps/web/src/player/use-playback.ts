import { type RecordingIndex, writeInPieces } from '@tatami/protocol';
import { SerializeAddon } from '@xterm/addon-serialize';
import type { Terminal } from '@xterm/xterm';
import { type RefObject, useEffect, useState } from 'react';
import { api, type RecordingOf } from '../api.ts';
import { mountTerminal } from '../terminal/create-terminal.ts';
import { Playback, type PlaybackState } from './playback.ts';
import type { Screen } from './renderer.ts';

/** As often as a film shows pictures. */
const tickMs = 40;
const scrollbackLines = 500;

function screenOf(terminal: Terminal): Screen {
  const serialize = new SerializeAddon();
  terminal.loadAddon(serialize);
  return {
    resize: (cols, rows) => terminal.resize(cols, rows),
    clear: () => terminal.reset(),
    write: (data) => writeInPieces(terminal, data),
    snapshot: () => serialize.serialize({ scrollback: scrollbackLines }),
  };
}

/** Plays a recording in `host`, from where the bytes before `at` are shown. */
export function usePlayback(
  host: RefObject<HTMLElement | null>,
  index: RecordingIndex | null,
  { of, label, at }: { of: RecordingOf; label: string; at: number | null },
) {
  const [playback, setPlayback] = useState<Playback | null>(null);
  const [state, setState] = useState<PlaybackState | null>(null);
  useEffect(() => {
    if (!host.current || !index) return;
    const view = mountTerminal(host.current, { readOnly: true, keepsSize: true, label });
    view.terminal.options.scrollback = scrollbackLines;
    const opened = new Playback({
      index,
      screen: screenOf(view.terminal),
      read: (from) => api.recordedBytes(of, from),
      onState: setState,
      now: () => performance.now(),
    });
    if (at !== null) opened.seekOffset(at);
    setPlayback(opened);
    const timer = setInterval(() => opened.tick(), tickMs);
    return () => {
      clearInterval(timer);
      opened.pause();
      setPlayback(null);
      view.dispose();
    };
  }, [index]);
  return { playback, state };
}
