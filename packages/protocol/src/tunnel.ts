import { z } from 'zod';

/**
 * A tunnel carries a page's streams over plain HTTP, docs/protocol.md. A frame is its kind (one byte),
 * its channel and its payload's length (four bytes each, big-endian), and the payload.
 */
export const tunnelFrameKinds = { open: 1, text: 2, bytes: 3, close: 4, beat: 5 } as const;
export type TunnelFrameKind = (typeof tunnelFrameKinds)[keyof typeof tunnelFrameKinds];

export interface TunnelFrame {
  kind: TunnelFrameKind;
  /** Numbered by the browser, upward from 1; 0 is the tunnel itself. */
  channel: number;
  payload: Uint8Array;
}

/** What making a tunnel answers. */
export const TunnelInfo = z.strictObject({ id: z.string().regex(/^[0-9a-f]{32}$/) });
export type TunnelInfo = z.infer<typeof TunnelInfo>;

/** Largest body of client frames: one of the largest terminal frames, and small ones beside it. */
export const maxTunnelPostBytes = 128 * 1024;
/** Bytes are sent in frames of at most this, so that little waits behind one of them. */
export const maxTunnelPieceBytes = 64 * 1024;
/** Largest frame to the browser: the past of a machine's map is one message. */
export const maxTunnelFrameBytes = 4 * 1024 * 1024;
/** Something is sent this often; proxies give up after 30 s or more of silence. */
export const tunnelBeatMs = 15_000;
/** Silence after which the other side is gone. */
export const tunnelSilenceMs = 3 * tunnelBeatMs;

const headerBytes = 9;

/** The bytes of one frame. */
export function tunnelFrame(
  kind: TunnelFrameKind,
  channel: number,
  payload: Uint8Array = new Uint8Array(),
): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(headerBytes + payload.length);
  const header = new DataView(frame.buffer);
  header.setUint8(0, kind);
  header.setUint32(1, channel);
  header.setUint32(5, payload.length);
  frame.set(payload, headerBytes);
  return frame;
}

/** The frame that ends a channel with a close code. */
export function tunnelCloseFrame(channel: number, code: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(2);
  new DataView(payload.buffer).setUint16(0, code);
  return tunnelFrame(tunnelFrameKinds.close, channel, payload);
}

/** The close code of a `close` frame; one without ended in an ordinary way. */
export function tunnelCloseCode({ payload }: TunnelFrame): number {
  if (payload.length < 2) return 1000;
  return new DataView(payload.buffer, payload.byteOffset).getUint16(0);
}

const knownKinds = new Set<number>(Object.values(tunnelFrameKinds));
const isKnown = (kind: number): kind is TunnelFrameKind => knownKinds.has(kind);

/** Puts frames together from bytes in any split. */
export class TunnelFrameReader {
  readonly #maxPayloadBytes: number;
  #chunks: Uint8Array[] = [];
  #held = 0;
  #needed = headerBytes;

  constructor(maxPayloadBytes: number) {
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** Whether the bytes so far end where a frame does. */
  get isWhole(): boolean {
    return this.#held === 0;
  }

  /** @returns the frames that are complete now; null when a frame is too large or of no known kind. */
  push(bytes: Uint8Array): TunnelFrame[] | null {
    this.#chunks.push(bytes);
    this.#held += bytes.length;
    const frames: TunnelFrame[] = [];
    if (this.#held < this.#needed) return frames;
    const all = joined(this.#chunks, this.#held);
    const view = new DataView(all.buffer, all.byteOffset, all.length);
    let at = 0;
    this.#needed = headerBytes;
    while (all.length - at >= headerBytes) {
      const kind = view.getUint8(at);
      const length = view.getUint32(at + 5);
      if (!isKnown(kind) || length > this.#maxPayloadBytes) return null;
      const end = at + headerBytes + length;
      if (end > all.length) {
        this.#needed = headerBytes + length;
        break;
      }
      const payload = all.subarray(at + headerBytes, end);
      frames.push({ kind, channel: view.getUint32(at + 1), payload });
      at = end;
    }
    this.#chunks = [all.subarray(at)];
    this.#held = all.length - at;
    return frames;
  }
}

function joined(chunks: Uint8Array[], length: number): Uint8Array {
  const [first] = chunks;
  if (first && chunks.length === 1) return first;
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
