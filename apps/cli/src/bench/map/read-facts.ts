import { NamespaceKind } from '@tatami/protocol';

/** Facts of a page by what they are about, then by name: of a process its `number`, `terminal`, `net`, ... */
export type Drawn = Map<string, Map<string, string[]>>;

/** Reads `SUBJECT NAME VALUE`, the value encoded as in an address. */
export function drawnOf(facts: string[]): Drawn {
  const drawn: Drawn = new Map();
  for (const fact of new Set(facts)) {
    const [subject = '', name = '', value = ''] = fact.split(' ');
    const of = drawn.get(subject) ?? new Map<string, string[]>();
    drawn.set(subject, of.set(name, [...(of.get(name) ?? []), decodeURIComponent(value)]));
  }
  return drawn;
}

const kinds = NamespaceKind.options;
const one = (of: Map<string, string[]> | undefined, name: string) => of?.get(name)?.[0];

function processes(drawn: Drawn) {
  const all = [...drawn.values()].filter((of) => of.has('number'));
  const machine = all.find((of) => one(of, 'number') === '1');
  return { all, machine };
}

/** Terminals in other namespaces than PID 1, with the kinds. */
export function insideOf(drawn: Drawn): { terminal: string; kinds: string[] }[] {
  const { all, machine } = processes(drawn);
  return all
    .flatMap((of) => (of.get('terminal') ?? []).map((terminal) => ({ terminal, of })))
    .map(({ terminal, of }) => ({
      terminal,
      kinds: kinds.filter((kind) => one(of, kind) !== one(machine, kind)),
    }))
    .filter(({ kinds: other }) => other.length > 0)
    .sort((a, b) => a.terminal.localeCompare(b.terminal));
}

/** Terminals and containers in other net namespaces than PID 1, and who is in theirs. */
export function netOf(drawn: Drawn): { who: string; with: string[] }[] {
  const { all, machine } = processes(drawn);
  const nets = new Map<string, string | undefined>();
  for (const of of all) {
    const terminals = (of.get('terminal') ?? []).map((id) => `terminal ${id}`);
    const names = terminals.length > 0 ? terminals : (of.get('container') ?? []);
    for (const name of names)
      if (one(of, 'net') !== one(machine, 'net')) nets.set(name, one(of, 'net'));
  }
  const names = [...nets.keys()].sort();
  return names.map((who) => ({
    who,
    with: names.filter((name) => name !== who && nets.get(name) === nets.get(who)),
  }));
}

/** Namespaces that processes are in, as lsns(8) lists them; `machine`: those of PID 1. */
export function rowsOf(drawn: Drawn): { rows: Map<string, string>; machine: Set<string> } {
  const { all, machine } = processes(drawn);
  const pids = new Map<string, number[]>();
  for (const of of all)
    for (const kind of kinds) {
      const name = `${kind}:${one(of, kind)}`;
      pids.set(name, [...(pids.get(name) ?? []), Number(one(of, 'number'))]);
    }
  return {
    rows: new Map(
      [...pids].map(([name, in_]) => [name, `${in_.length} processes from ${Math.min(...in_)}`]),
    ),
    machine: new Set(kinds.map((kind) => `${kind}:${one(machine, kind)}`)),
  };
}

/** Terminals that stand somewhere. */
export const terminalsOf = (drawn: Drawn): string[] =>
  processes(drawn)
    .all.flatMap((of) => of.get('terminal') ?? [])
    .sort();

interface Views {
  /** Facts of the drawing and of the table. */
  drawn: string[];
  table: string[];
  /** What lsns(8) lists, as {@link rowsOf} says it. */
  listed: Map<string, string>;
}

/** Where drawing, table and lsns(8) contradict each other, a sentence each. */
export function differences({ drawn, table, listed }: Views): string[] {
  const known = new Set(table);
  // The table alone has more; where terminals stand is in both.
  const stands = table.filter((fact) => / terminal \S+$/.test(fact) && !drawn.includes(fact));
  return [
    ...(drawn.length === 0 ? ['nothing is drawn'] : []),
    ...drawn.filter((fact) => !known.has(fact)).map((fact) => `only drawn: ${fact}`),
    ...stands.map((fact) => `only in the table: ${fact}`),
    ...unlisted(table, listed),
  ];
}

/** The machine's own namespaces hold the witness too: of them only that both have them counts. */
function unlisted(table: string[], listed: Map<string, string>): string[] {
  const { rows, machine } = rowsOf(drawnOf(table));
  const names = new Set([...rows.keys(), ...listed.keys()]);
  return [...names].flatMap((name) => {
    const [ours, theirs] = [rows.get(name), listed.get(name)];
    const same = machine.has(name) ? ours && theirs : ours === theirs;
    return same
      ? []
      : [`${name}: the table says ${ours ?? 'nothing'}, lsns ${theirs ?? 'nothing'}`];
  });
}
