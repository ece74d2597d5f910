import type { TFunction } from 'i18next';
import { type Area, heldOf } from './areas.ts';
import { fact } from './facts.ts';
import { nameOf, shown } from './names.ts';

const mostOfPath = 80;

/** With whom an area shares and where it is held, a sentence each. */
export function areaNotes(area: Area, t: TFunction): { text: string; facts: string[] }[] {
  const homes = [...new Set(area.own.flatMap(({ home }) => home ?? []))];
  const [one] = area.processes;
  const shared = homes.map((home) => {
    const own = area.own.filter((entry) => entry.home === home);
    const kinds = own.map(({ kind }) => kind).join(', ');
    const [other] = home.processes;
    const both = [one, other].flatMap((process) => process ?? []);
    return {
      text: t('map.shares', { kinds, name: nameOf(home.name, t) }),
      facts: both.flatMap(({ id }) => own.map(({ kind, inode }) => fact(id, kind, inode))),
    };
  });
  const held = heldOf(area);
  if (held)
    shared.push({
      text: t(area.processes.length > 0 ? 'map.heldAt' : 'map.heldEmpty', {
        path: shown(held.heldAt, mostOfPath),
      }),
      facts: [fact(held.inode, 'heldAt', held.heldAt)],
    });
  return shared;
}
