/** Parameters of SGR by what they are about; the last of a row ends it. */
const rows: Record<string, number[]> = {
  bold: [1],
  dim: [2],
  italic: [3, 23],
  underline: [4, 21, 24],
  blink: [5, 6, 25],
  inverse: [7, 27],
  hidden: [8, 28],
  struck: [9, 29],
  foreground: [38, 39],
  background: [48, 49],
  overline: [53, 55],
  'underline colour': [58, 59],
};
const attributes = new Map<number, string>();
for (const [attribute, codes] of Object.entries(rows))
  for (const code of codes) attributes.set(code, attribute);
for (let colour = 0; colour < 8; colour++) {
  for (const code of [30 + colour, 90 + colour]) attributes.set(code, 'foreground');
  for (const code of [40 + colour, 100 + colour]) attributes.set(code, 'background');
}
const extended = new Set([38, 48, 58]);

/**
 * What the parameters of an SGR sequence say (ECMA-48 section 8.3.117, with ISO 8613-6 colours), in order;
 * without an attribute: everything ends.
 */
export function attributesOf(params: string): { attribute: string | undefined; code: string }[] {
  const codes = params.split(';');
  const found: { attribute: string | undefined; code: string }[] = [];
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] as string;
    const number = Number.parseInt(code || '0', 10);
    if (number === 0) found.push({ attribute: undefined, code });
    if (number === 22) found.push({ attribute: 'bold', code }, { attribute: 'dim', code });
    const attribute = attributes.get(number);
    if (attribute === undefined) continue;
    // 38;5;N and 38;2;R;G;B; with colons it is one parameter.
    const length =
      extended.has(number) && !code.includes(':') ? (codes[at + 1] === '2' ? 5 : 3) : 1;
    found.push({ attribute, code: codes.slice(at, at + length).join(';') });
    at += length - 1;
  }
  return found;
}
