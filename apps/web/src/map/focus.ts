import type { Facts } from './facts.ts';

/** What a lesson, a check or evidence shows on the map. */
export interface MapWish {
  /** `terminal-1`, `container-NAME`, `machine`, or `process-ID`; null: nothing of it. */
  focus: string | null;
  /** ms since the epoch; null: now. */
  at: number | null;
}

/** The processes that a focus means in a picture. */
export function processesAt(focus: string | null, { processes }: Facts): Set<string> {
  const [, what, name = ''] =
    /^(terminal|container|process|machine)-?(.*)$/.exec(focus ?? '') ?? [];
  const found = [...processes.values()].filter(({ process, pid, area }) => {
    if (what === 'terminal') return process.terminals.includes(name);
    if (what === 'container') return area.container === name && process.pids.at(-1) === 1;
    if (what === 'process') return process.id === name;
    return what === 'machine' && pid === 1 && area.id === 'machine';
  });
  return new Set(found.map(({ process }) => process.id));
}
