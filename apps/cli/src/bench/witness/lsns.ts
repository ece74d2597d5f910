import { type KernelSnapshot, NamespaceKind } from '@tatami/protocol';
import { z } from 'zod';

/** A namespace as one of the two witnesses has it: how many processes, and the first of them. */
export interface Row {
  processes: number;
  lowestPid: number;
}

/** Namespaces by "kind:inode". */
export type Rows = Map<string, Row>;

const LsnsRow = z.object({
  ns: z.int(),
  type: z.string(),
  nprocs: z.int(),
  pid: z.int().nullable(),
  get children() {
    return z.array(LsnsRow).optional();
  },
});
type LsnsRow = z.infer<typeof LsnsRow>;

export const lsnsArguments = ['--json', '--output', 'NS,TYPE,NPROCS,PID'];

/** Reads `lsns --json`, which nests some rows below others; namespaces without processes are left out. */
export function lsnsRows(json: string): Rows {
  const { namespaces } = z.object({ namespaces: z.array(LsnsRow) }).parse(JSON.parse(json));
  const flat = (rows: LsnsRow[]): LsnsRow[] =>
    rows.flatMap((row) => [row, ...flat(row.children ?? [])]);
  return new Map(
    flat(namespaces)
      .filter(({ type, nprocs }) => NamespaceKind.safeParse(type).success && nprocs > 0)
      .map(({ ns, type, nprocs, pid }) => [
        `${type}:${ns}`,
        { processes: nprocs, lowestPid: pid ?? 0 },
      ]),
  );
}

/** The same of what was observed; `inside` gives pids as the sandbox numbers them. */
export function viewRows(view: KernelSnapshot, inside: boolean): Rows {
  const rows: Rows = new Map();
  for (const process of [view.machine, ...view.processes, ...view.zombies]) {
    const pid = inside ? (process.pids[0] ?? 0) : process.pid;
    for (const [kind, inode] of Object.entries(process.ns)) {
      const { processes, lowestPid } = rows.get(`${kind}:${inode}`) ?? {
        processes: 0,
        lowestPid: Number.POSITIVE_INFINITY,
      };
      rows.set(`${kind}:${inode}`, {
        processes: processes + 1,
        lowestPid: Math.min(lowestPid, pid),
      });
    }
  }
  return rows;
}

/**
 * What differs, one sentence each. Namespaces of `crowded` hold processes that one side cannot know of
 * (the host's, or the witness itself): there only that both name them counts.
 */
export function compareRows(observed: Rows, witness: Rows, crowded: Set<string>): string[] {
  const text = (row: Row | undefined) =>
    row ? `${row.processes} processes from ${row.lowestPid}` : 'nothing';
  return [...new Set([...observed.keys(), ...witness.keys()])].flatMap((name) => {
    const [one, other] = [observed.get(name), witness.get(name)];
    const same = crowded.has(name) ? one && other : text(one) === text(other);
    return same ? [] : [`${name}: observed ${text(one)}, lsns says ${text(other)}`];
  });
}
