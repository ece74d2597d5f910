import { type MapPicture, NamespaceKind } from '@tatami/protocol';
import { inKindOrder, type MapAnswers } from '../../../packages/checks/test/map-situation.ts';
import { run } from './lesson-machine.ts';
import type { TestTerminal } from './running-runner.ts';

/** A process as root on the machine reads it in /proc. */
interface Seen {
  pid: number;
  parent: number;
  innermost: number;
  command: string;
  ns: Record<NamespaceKind, number>;
}

const kinds = NamespaceKind.options;
/** Written so that no line that a learner made can be taken for one of these. */
const readProc = `for p in $(ls /proc | grep -E '^[0-9]+$'); do
  links=$(readlink ${kinds.map((kind) => `/proc/$p/ns/${kind}`).join(' ')} | tr -dc '0-9\\n' | tr '\\n' ' ') &&
  status=$(grep -E '^(NSpid|PPid):' /proc/$p/status | tr '\\n' ' ') &&
  echo "SEEN $p $links $status CMD $(tr '\\0\\n' '  ' </proc/$p/cmdline)"; done 2>/dev/null`;

/** Asks the machine itself, as root in a terminal of its own: a second witness that shares no code with the map. */
export class MapWitness {
  readonly #terminal: TestTerminal;

  constructor(terminal: TestTerminal) {
    this.#terminal = terminal;
  }

  async asRoot(script: string): Promise<string> {
    const packed = Buffer.from(script).toString('base64');
    return run(this.#terminal, `echo ${packed} | base64 -d | sudo bash`);
  }

  async processes(): Promise<Seen[]> {
    const shown = await this.asRoot(readProc);
    return [...shown.matchAll(/^SEEN (\d+) ([\d ]+?) +(\w+:.*?) CMD (.*)$/gm)].map((found) => {
      const [, pid, inodes = '', status = '', command = ''] = found;
      const numbers = inodes.trim().split(' ').map(Number);
      return {
        pid: Number(pid),
        parent: Number(status.match(/PPid:\s*(\d+)/)?.[1]),
        innermost: Number(
          status
            .match(/NSpid:([\s\d]+)/)?.[1]
            ?.trim()
            .split(/\s+/)
            .at(-1),
        ),
        command,
        ns: Object.fromEntries(kinds.map((kind, index) => [kind, numbers[index] ?? 0])) as never,
      };
    });
  }

  /** Machine's pids of the first processes of containers, by name, as the runtime says. */
  async containers(): Promise<Map<string, number>> {
    const shown = await this.asRoot(
      `ids=$(docker ps -q); [ -z "$ids" ] || docker inspect --format 'BOX {{.Name}} {{.State.Pid}}' $ids`,
    );
    return new Map(
      [...shown.matchAll(/^BOX \/?(\S+) (\d+)$/gm)].map(([, name = '', pid]) => [
        name,
        Number(pid),
      ]),
    );
  }

  /** Namespaces as lsns(8) lists them: how many processes, and the first. */
  async lsns(): Promise<Listed> {
    const shown = await this.asRoot('lsns --noheadings --raw --output NS,TYPE,NPROCS,PID');
    return new Map(
      [...shown.matchAll(/^(\d+) (\w+) (\d+) (\d+)$/gm)].map(([, ns, type, count, pid]) => [
        `${type}:${ns}`,
        { processes: Number(count), first: Number(pid) },
      ]),
    );
  }
}

/** Namespaces by kind and inode, with how many processes and the first of them. */
type Listed = Map<string, { processes: number; first: number }>;

/** The map's table: namespaces with their processes, but for those that the witness stands in itself. */
export const tableOf = ({ processes, namespaces }: MapPicture): Listed =>
  new Map(
    namespaces
      .filter(({ machine }) => !machine)
      .map(({ kind, inode }): [string, number[]] => [
        `${kind}:${inode}`,
        processes.filter(({ ns }) => ns[kind] === inode).map(({ pids }) => pids[0] ?? 0),
      ])
      .filter(([, pids]) => pids.length > 0)
      .map(([name, pids]) => [name, { processes: pids.length, first: Math.min(...pids) }]),
  );

/** Of what lsns(8) lists, the namespaces that are not the machine's own. */
export function othersThan({ namespaces }: MapPicture, listed: Listed): Listed {
  const machines = new Set(
    namespaces.filter(({ machine }) => machine).map(({ kind, inode }) => `${kind}:${inode}`),
  );
  return new Map([...listed].filter(([name]) => !machines.has(name)));
}

/** Who stands where, by what the witness has seen. `shells`: pids of the terminals' innermost shells. */
export function insideOf(
  seen: Seen[],
  shells: Map<string, number>,
  containers: Map<string, number>,
): Pick<MapAnswers, 'inside' | 'sharesNet'> {
  const byPid = new Map(seen.map((process) => [process.pid, process]));
  const machine = byPid.get(1);
  if (!machine) throw new Error('the witness has not seen PID 1');
  const elsewhere = ({ ns }: Seen) => kinds.filter((kind) => ns[kind] !== machine.ns[kind]);
  const at = new Map<string, Seen>();
  for (const [name, pid] of [...shells, ...containers]) {
    const process = byPid.get(pid);
    if (!process) throw new Error(`the witness has not seen ${name}, ${pid}`);
    at.set(shells.has(name) ? `terminal ${name}` : name, process);
  }
  const apart = [...at].filter(([, { ns }]) => ns.net !== machine.ns.net);
  const inside = [...shells].flatMap(([terminal, pid]) => {
    const process = byPid.get(pid);
    if (!process || elsewhere(process).length === 0) return [];
    const first = seen.find(({ ns, innermost }) => ns.pid === process.ns.pid && innermost === 1);
    return [{ terminal, kinds: inKindOrder(elsewhere(process)), pid1: first?.pid ?? null }];
  });
  const sharesNet = apart.map(([who, { ns }]) => ({
    who,
    with: apart
      .flatMap(([name, other]) => (name !== who && other.ns.net === ns.net ? name : []))
      .sort(),
  }));
  return { inside, sharesNet: sharesNet.sort((a, b) => a.who.localeCompare(b.who)) };
}
