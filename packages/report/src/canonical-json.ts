/** What JSON can say. */
export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/**
 * One spelling for one value: names in order of their UTF-16 units, no spaces, as RFC 8785 has it.
 * @throws RangeError for a number that JSON has no spelling for.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError(`${value} is not in JSON`);
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] as Json)}`);
  return `{${members.join(',')}}`;
}
