import { api } from '../api.ts';
import { Line } from '../transport/line.ts';
import type { Way } from '../transport/transport.ts';

/** A network that lets nothing through in this time does not carry terminals. */
const streamTimeoutMs = 25_000;
const roundTrips = 11;

/** How a stream reaches the server from here, found out as a terminal would; null: not at all. */
export async function wayOfStreams(): Promise<Way | null> {
  // Streams are for whoever has a session.
  await api.session();
  const memory = { getItem: () => null, setItem: () => undefined };
  const fetchAny: typeof fetch = (input, init) => fetch(input, init);
  const line = new Line({ origin: location.origin, fetch: fetchAny, memory });
  const deadline = performance.now() + streamTimeoutMs;
  try {
    while (performance.now() < deadline) {
      const { way } = line;
      if (await saysAnything(line, deadline - performance.now())) return way;
    }
    return null;
  } finally {
    line.close();
  }
}

function saysAnything(line: Line, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (heard: boolean) => {
      clearTimeout(timer);
      stream.close();
      resolve(heard);
    };
    const stream = line.open('/api/websocket', {
      onMessage: () => done(true),
      // The line takes a moment to find that this way is none.
      onClose: () => setTimeout(() => done(false), 250),
    });
    const timer = setTimeout(() => done(false), timeoutMs);
  });
}

/** The median time of a small request and its answer. */
export async function roundTripMs(): Promise<number> {
  const times: number[] = [];
  for (let n = 0; n < roundTrips; n += 1) {
    const begun = performance.now();
    await fetch('/healthz', { cache: 'no-store' });
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b)[Math.floor(roundTrips / 2)] ?? Number.POSITIVE_INFINITY;
}

/** Whether this machine can draw what lessons and terminals show. */
export async function fonts(): Promise<{ cjkFont: boolean; monospaced: boolean }> {
  const mono = getComputedStyle(document.documentElement).getPropertyValue('--mono');
  const font = `24px ${mono}`;
  await document.fonts.load(font, 'Mi');
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 32;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return { cjkFont: true, monospaced: true };
  const pixelsOf = (text: string): string => {
    context.clearRect(0, 0, 32, 32);
    context.font = font;
    context.fillText(text, 2, 26);
    return context.getImageData(0, 0, 32, 32).data.join();
  };
  // What has no glyph is drawn as a box, the same for all: two characters that nobody may assign show it.
  const boxes = [pixelsOf('\u{ffff}'), pixelsOf('\u{10fffe}')];
  const isDrawn = (text: string) =>
    !boxes.includes(pixelsOf(text)) && pixelsOf(text) !== pixelsOf(' ');
  context.font = font;
  const width = (text: string) => context.measureText(text).width;
  return {
    // A box with a number in it differs from character to character; two that look alike are none.
    cjkFont: ['中', '间', 'あ', '働'].every(isDrawn) && pixelsOf('中') !== pixelsOf('あ'),
    monospaced: Math.abs(width('MMMM') - width('iiii')) < 0.5,
  };
}
