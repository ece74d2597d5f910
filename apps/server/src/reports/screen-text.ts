import {
  longestDrawMs,
  passOverExcess,
  type RecordingIndex,
  writeInPieces,
} from '@tatami/protocol';
import { sizeAt } from './excerpt.ts';

/** Lines of a terminal that an exhibit shows. */
const mostLines = 30;
/** Largest terminal that is drawn. */
const mostCells = { cols: 300, rows: 200 };
/** Ends an escape sequence that was begun before (ECMA-35 CAN). */
const cancel = '\x18';

/** What a terminal showed when the bytes before `offset` had come, of which those from `from` on are given. */
export async function screenText(
  index: RecordingIndex,
  bytes: Buffer,
  { from, offset }: { from: number; offset: number },
): Promise<{ lines: string[]; isCut: boolean }> {
  const [{ default: headless }, { default: unicode }] = await Promise.all([
    import('@xterm/headless'),
    import('@xterm/addon-unicode11'),
  ]);
  const terminal = new headless.Terminal({
    ...{ ...bounded(sizeAt(index, from)), scrollback: mostLines },
    ...{ allowProposedApi: true, logLevel: 'off' as const },
  });
  try {
    terminal.loadAddon(new unicode.Unicode11Addon() as Parameters<typeof terminal.loadAddon>[0]);
    terminal.unicode.activeVersion = '11';
    passOverExcess(terminal);
    const until = performance.now() + longestDrawMs;
    const inTime = () => performance.now() < until;
    await writeInPieces(terminal, cancel);
    const resizes = index.resizes.filter((one) => one.offset > from && one.offset <= offset);
    let at = from;
    for (const stop of [...resizes, { offset, ...sizeAt(index, offset) }]) {
      await writeInPieces(terminal, bytes.subarray(at - from, stop.offset - from), inTime);
      at = stop.offset;
      const { cols, rows } = bounded(stop);
      if (cols !== terminal.cols || rows !== terminal.rows) terminal.resize(cols, rows);
    }
    if (!inTime()) return { lines: [], isCut: true };
    const { active } = terminal.buffer;
    const all = Array.from({ length: active.length }, (_, row) =>
      (active.getLine(row)?.translateToString(true) ?? '').trimEnd(),
    );
    const lines = all.slice(0, all.findLastIndex((line) => line !== '') + 1);
    return {
      lines: lines.slice(-mostLines),
      isCut: lines.length > mostLines || from > index.start || active.length > terminal.rows,
    };
  } finally {
    terminal.dispose();
  }
}

const bounded = ({ cols, rows }: { cols: number; rows: number }) => ({
  cols: Math.min(cols, mostCells.cols),
  rows: Math.min(rows, mostCells.rows),
});
