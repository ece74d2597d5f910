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
