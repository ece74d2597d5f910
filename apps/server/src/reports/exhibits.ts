import {
  AppError,
  type IncidentEvent,
  maxRecordingRangeBytes,
  type RecordingIndex,
} from '@tatami/protocol';
import type { Exhibit, Recorded, Screen, ToldEvent } from '@tatami/report';
import type { RunnerClient } from '../runner/runner-client.ts';
import { indexOfParts, timeAt, type Window, windowsAround } from './excerpt.ts';
import { screenText } from './screen-text.ts';

/** Recorded bytes that go into one report, about; a recording as small as this goes in whole. */
const budgetBytes = 2 * 1024 * 1024;
const wholeBytes = 256 * 1024;
const aroundBytes = 56 * 1024;
/** Evidence that one report shows; the newest. */
const mostExhibits = 100;
/** Terminals that one exhibit shows: those that something came from shortly before. */
const mostScreens = 2;
const shortlyMs = 120_000;

type Place = IncidentEvent['offsets'][number] & { machine: string };
/** A terminal's recording and the places in it that are shown. */
interface Source {
  terminal: string;
  machine: string;
  index: RecordingIndex;
  offsets: number[];
}

/** What proves the events: facts, screens and the recordings behind them. @throws `runner.unreachable`. */
export async function exhibitsOf(
  events: ToldEvent[],
  runner: RunnerClient,
): Promise<{ exhibits: Exhibit[]; recordings: Recorded[] }> {
  const shown = events
    .filter(({ facts, offsets }) => facts.length > 0 || offsets.length > 0)
    .slice(-mostExhibits);
  const sources = new Map<string, Source | null>();
  const places = new Map<string, Place[]>();
  for (const event of shown) places.set(event.key, await placesOf(event, sources, runner));
  const used = [...sources.values()].flatMap((one) => (one && one.offsets.length > 0 ? [one] : []));
  const count = used.reduce((sum, { offsets }) => sum + offsets.length, 0);
  const share = Math.min(1, budgetBytes / Math.max(1, count * aroundBytes));
  const recordings: Recorded[] = [];
  for (const source of used) recordings.push(await recordedOf(source, share, runner));
  const exhibits: Exhibit[] = [];
  for (const event of shown) {
    const screens: Screen[] = [];
    for (const place of places.get(event.key) ?? []) {
      const n = used.findIndex((one) => nameOf(one) === nameOf(place));
      screens.push(await screenOf(place, used[n], recordings[n], n));
    }
    exhibits.push({ event, screens });
  }
  return { exhibits, recordings };
}

const nameOf = ({ machine, terminal }: Pick<Source, 'machine' | 'terminal'>): string =>
  `${machine}/${terminal}`;

/** The terminals to show of an event; where nothing is kept of any, the first of them. */
async function placesOf(
  event: IncidentEvent,
  sources: Map<string, Source | null>,
  runner: RunnerClient,
): Promise<Place[]> {
  const places = event.offsets.filter(
    (one): one is Place => one.offset > 0 && one.machine !== undefined,
  );
  const found: { place: Place; source: Source; agoMs: number }[] = [];
  for (const place of places) {
    const name = nameOf(place);
    if (!sources.has(name)) sources.set(name, await sourceOf(place, runner));
    const source = sources.get(name);
    if (!source || place.offset <= source.index.start) continue;
    const cameAt = Date.parse(source.index.startedAt) + timeAt(source.index, place.offset);
    found.push({ place, source, agoMs: Date.parse(event.at) - cameAt });
  }
  if (found.length === 0) return places.slice(0, 1);
  const newest = found.sort((one, other) => one.agoMs - other.agoMs);
  const recent = newest
    .filter(({ agoMs }, n) => n === 0 || agoMs < shortlyMs)
    .slice(0, mostScreens);
  for (const { place, source } of recent) source.offsets.push(place.offset);
  return recent.map(({ place }) => place);
}

/** Null when nothing is kept of it. */
async function sourceOf(
  { machine, terminal }: Place,
  runner: RunnerClient,
): Promise<Source | null> {
  try {
    const index = await runner.recording(machine, terminal);
    return { machine, terminal, index, offsets: [] };
  } catch (error) {
    if (error instanceof AppError && error.code === 'recording.unknown') return null;
    throw error;
  }
}

async function recordedOf(
  { machine, terminal, index, offsets }: Source,
  share: number,
  runner: RunnerClient,
): Promise<Recorded> {
  const windows = windowsAround(index, offsets, { wholeBytes, share });
  const pieces: Recorded['pieces'] = [];
  for (const window of windows)
    pieces.push(...(await bytesOf(window, { machine, terminal }, runner)));
  const [first] = windows;
  const isPart = windows.length !== 1 || first?.from !== index.start || first.to !== index.end;
  return { terminal, index: indexOfParts(index, windows), pieces, isPart };
}

/** What is there of a window: gaps of the recording are left out. */
async function bytesOf(
  { from, to }: Window,
  { machine, terminal }: Pick<Source, 'machine' | 'terminal'>,
  runner: RunnerClient,
): Promise<Recorded['pieces']> {
  const pieces: Recorded['pieces'] = [];
  for (let at = from; at < to; ) {
    const most = Math.min(to - at, maxRecordingRangeBytes);
    const { offset, bytes } = await runner.recorded(machine, terminal, { from: at, most });
    const kept = bytes.subarray(0, Math.max(0, to - offset));
    if (kept.length === 0) break;
    pieces.push({ offset, bytes: kept });
    at = offset + kept.length;
  }
  return pieces;
}

async function screenOf(
  { terminal, offset }: Place,
  source: Source | undefined,
  recorded: Recorded | undefined,
  recording: number,
): Promise<Screen> {
  const pieces = recorded?.pieces ?? [];
  // Bytes without a gap that end at the offset or after it.
  const joined = joinedUntil(pieces, offset);
  if (!source || !joined) return { terminal, lines: null, isCut: false, replay: null };
  const { lines, isCut } = await screenText(source.index, joined.bytes, {
    from: joined.from,
    offset,
  });
  return { terminal, lines, isCut, replay: { recording, offset } };
}

function joinedUntil(
  pieces: Recorded['pieces'],
  offset: number,
): { from: number; bytes: Buffer } | null {
  const last = pieces.findIndex(
    (one) => one.offset < offset && one.offset + one.bytes.length >= offset,
  );
  if (last < 0) return null;
  let first = last;
  while (first > 0 && endOf(pieces[first - 1]) === pieces[first]?.offset) first--;
  const joined = Buffer.concat(pieces.slice(first, last + 1).map(({ bytes }) => bytes));
  const from = pieces[first]?.offset ?? 0;
  return { from, bytes: joined.subarray(0, offset - from) };
}

const endOf = (piece: Recorded['pieces'][number] | undefined): number =>
  piece ? piece.offset + piece.bytes.length : -1;
