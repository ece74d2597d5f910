const words = [
  'namespace ',
  '名前空間 ',
  '命名空间（Namespace）',
  'コンテナ',
  '进程 12345 ',
  '🐳🧵',
  '👩‍💻 ',
  '\x1b[1;31m赤\x1b[0m',
  '\x1b[38;5;208mnsenter\x1b[m ',
  '\x1b[38;2;10;200;90m-t $PID\x1b[39m ',
  'é̂ ',
  '│├──',
  '"quoted" ',
  '~/lab$ ',
];
const wordsPerLine = 9;

/** Chinese, Japanese, emoji and escapes in lines, exactly so many bytes, the same for the same seed. */
export function mixedStream(bytes: number, seed = 1): Buffer {
  const next = xorshift(seed);
  const lines: Buffer[] = [];
  for (let size = 0; size < bytes; size += lines.at(-1)?.length ?? 0) {
    let line = '';
    for (let n = 0; n < wordsPerLine; n++) line += words[next() % words.length];
    // A number of its own makes each line another, so that none can stand for one that is missing.
    lines.push(Buffer.from(`${lines.length} ${line}\n`));
  }
  return Buffer.concat(lines, bytes);
}

/** What a terminal shows of it: a carriage return before each line feed (termios(3), ONLCR). */
export function asShown(stream: Buffer): Buffer {
  const shown = Buffer.allocUnsafe(stream.length * 2);
  let end = 0;
  for (const byte of stream) {
    if (byte === 0x0a) shown[end++] = 0x0d;
    shown[end++] = byte;
  }
  return Buffer.from(shown.subarray(0, end));
}

/** Marsaglia, Xorshift RNGs (2003): 32 bits, period 2^32 - 1. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
