/** xterm.js, in a page or headless. */
interface Emulator {
  readonly buffer: { readonly active: Screen };
  readonly parser: {
    registerCsiHandler(
      id: { final: string },
      handler: (params: (number | number[])[]) => boolean,
    ): unknown;
  };
  write(data: string | Uint8Array, parsed?: () => void): void;
}

interface Screen {
  readonly baseY: number;
  readonly cursorX: number;
  readonly cursorY: number;
  getLine(y: number): { getCell(x: number): { getChars(): string } | undefined } | undefined;
}

/** As many as the largest terminal has columns; it has fewer lines. */
const mostRepeats = 500;
/** In UTF-16, of one cell: letters with marks, emoji that are joined. */
const longestRepeated = 32;
/** A megabyte takes some tenths of a second. What is made to take longer is begun with an empty screen: others wait (R39). */
export const longestDrawMs = 3_000;
/** The costliest sequences (RIS, ED) have two or three bytes, and each takes some ms on a large screen. */
const pieceLength = 64;

/**
 * Passes over control sequences that ask for more than any screen has: xterm.js scrolls, inserts, deletes and goes to
 * tabs as often as it is told, up to 2^31 times in one go, and makes as many letters (ECMA-48 SU, SD, IL, DL, CHT, CBT, REP).
 */
export function passOverExcess(terminal: Pick<Emulator, 'buffer' | 'parser'>): void {
  const passOver = (final: string, isExcess: (times: number) => boolean) =>
    terminal.parser.registerCsiHandler({ final }, ([times]) => isExcess(Number(times)));
  for (const final of ['S', 'T', 'L', 'M', 'I', 'Z'])
    passOver(final, (times) => times > mostRepeats);
  passOver(
    'b',
    (times) => times > mostRepeats || lengthBefore(terminal.buffer.active) > longestRepeated,
  );
}

/** Of what stands before the cursor; a wide letter's second cell has nothing. */
function lengthBefore(screen: Screen): number {
  const { baseY, cursorX, cursorY } = screen;
  const line = screen.getLine(baseY + cursorY);
  const of = (x: number) => line?.getCell(x)?.getChars().length ?? 0;
  return Math.max(of(cursorX - 1), of(cursorX - 2));
}

/**
 * Resolves when all is parsed, or `goesOn` says that it is enough. Between two pieces xterm.js looks at the clock, and lets
 * others have their turn after 12 ms.
 */
export function writeInPieces(
  terminal: Pick<Emulator, 'write'>,
  data: string | Uint8Array,
  goesOn: () => boolean = () => true,
): Promise<void> {
  return new Promise((resolve) => {
    const write = (from: number) => {
      if (from >= data.length || !goesOn()) resolve();
      else terminal.write(piece(data, from), () => write(from + pieceLength));
    };
    write(0);
  });
}

/** The same for data that is one after the other and all wanted: it is queued at once. */
export function queueInPieces(
  terminal: Pick<Emulator, 'write'>,
  data: string | Uint8Array,
  parsed?: () => void,
): void {
  let from = 0;
  for (; from + pieceLength < data.length; from += pieceLength) terminal.write(piece(data, from));
  terminal.write(piece(data, from), parsed);
}

function piece(data: string | Uint8Array, from: number): string | Uint8Array {
  const to = from + pieceLength;
  return typeof data === 'string' ? data.slice(from, to) : data.subarray(from, to);
}
