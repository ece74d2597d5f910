/** Which cell each thing has, by what it is in. */
export type Places = Map<string, Map<string, number>>;

/** With more free cells than this and than taken ones, all move up. */
const mostFree = 6;

/** Gives every name a cell: the one it had, else the first that is free. */
export function placed(
  names: string[],
  before: Map<string, number> = new Map(),
): Map<string, number> {
  const kept = names.flatMap((name) => before.get(name) ?? []);
  const span = Math.max(-1, ...kept) + 1;
  const free = span - kept.length - (names.length - kept.length);
  if (free > mostFree && free > names.length) return placed(names);
  const taken = new Set(kept);
  const cells = new Map<string, number>();
  let next = 0;
  for (const name of names) {
    const own = before.get(name);
    if (own !== undefined) {
      cells.set(name, own);
      continue;
    }
    while (taken.has(next)) next++;
    taken.add(next);
    cells.set(name, next);
  }
  return cells;
}
