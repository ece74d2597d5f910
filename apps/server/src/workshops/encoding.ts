import { AppError, type RosterEncoding } from '@tatami/protocol';

/**
 * The text of a file whose encoding nobody states: UTF-8 with or without BOM, UTF-16 with BOM, Shift_JIS or GB18030, as
 * spreadsheets of Japan and China write.
 * @throws `workshop.roster-encoding` when it may as well be another: a wrong guess would give people wrong names.
 */
export function decoded(file: Buffer): { text: string; encoding: RosterEncoding } {
  const encoding = encodingOf(file);
  const text = encoding && textOf(file, encoding);
  if (!encoding || text == null || text.includes('\0'))
    throw new AppError('workshop.roster-encoding');
  return { text, encoding };
}

function encodingOf(file: Buffer): RosterEncoding | undefined {
  if (file[0] === 0xff && file[1] === 0xfe) return 'utf-16';
  if (textOf(file, 'utf-8') !== null) return 'utf-8';
  const candidates = (['shift_jis', 'gb18030'] as const).map((encoding) => ({
    encoding,
    usual: textOf(file, encoding) === null ? -1 : usualShare(file, encoding),
  }));
  const [first, second] = candidates.sort((a, b) => b.usual - a.usual);
  // Both may be free of errors; the right one is nearly all of characters that people's names and headings are written in.
  if (!first || !second || first.usual < 0.7 || first.usual - second.usual < 0.3) return undefined;
  return first.encoding;
}

function textOf(file: Buffer, encoding: RosterEncoding): string | null {
  try {
    const label = encoding === 'utf-16' ? 'utf-16le' : encoding;
    return new TextDecoder(label, { fatal: true }).decode(file);
  } catch {
    return null;
  }
}

type Pair = [lead: number, trail: number];

/**
 * How characters of two bytes lie in each: what is usual are level 1 of the standard's characters (JIS X 0208 rows 16 to
 * 47, GB 2312 rows 16 to 55), kana, and punctuation.
 */
const layouts = {
  shift_jis: {
    isLead: (byte: number) => (byte >= 0x81 && byte <= 0x9f) || (byte >= 0xe0 && byte <= 0xfc),
    isUsual: ([lead, trail]: Pair) =>
      (lead >= 0x81 && lead <= 0x83) ||
      (lead === 0x88 && trail >= 0x9f) ||
      (lead >= 0x89 && lead <= 0x97) ||
      (lead === 0x98 && trail <= 0x72),
  },
  gb18030: {
    isLead: (byte: number) => byte >= 0x81 && byte <= 0xfe,
    isUsual: ([lead, trail]: Pair) =>
      trail >= 0xa1 && ((lead >= 0xb0 && lead <= 0xd7) || (lead >= 0xa1 && lead <= 0xa3)),
  },
};

/** The share of usual characters among those that are no ASCII. */
function usualShare(file: Buffer, encoding: 'shift_jis' | 'gb18030'): number {
  const { isLead, isUsual } = layouts[encoding];
  let all = 0;
  let usual = 0;
  for (let at = 0; at < file.length; at += 1) {
    const byte = file[at] as number;
    if (byte < 0x80) continue;
    all += 1;
    if (!isLead(byte)) continue;
    at += 1;
    if (isUsual([byte, file[at] ?? 0])) usual += 1;
  }
  return all === 0 ? 0 : usual / all;
}
