import type { NamespaceKind } from '@tatami/protocol';
import type { TFunction } from 'i18next';
import { shortened, visible } from '../lab/learner-text.tsx';
import type { AreaName } from './areas.ts';
import type { DeedFacts } from './facts.ts';

const mostOfName = 40;
const shown = (text: string) => shortened(visible(text), mostOfName);

/** An area's name in a sentence: `nginx`, `bash (4711)`. */
export function nameOf(name: AreaName, t: TFunction): string {
  switch (name.type) {
    case 'machine':
      return t('map.machine');
    case 'process':
      return `${shown(name.text)} (${name.pid})`;
    default:
      return shown(name.text);
  }
}

/** An area's name as its heading. */
export const titleOf = (name: AreaName, t: TFunction): string =>
  t(`map.area.${name.type}`, {
    name: name.type === 'machine' ? shown(name.text) : nameOf(name, t),
  });

/** Kinds as a list in words. */
export const kindList = (kinds: NamespaceKind[], language: string): string =>
  language.startsWith('zh')
    ? kinds.join('、')
    : new Intl.ListFormat(language, { type: 'conjunction' }).format(kinds);

/** What was done, in one sentence. */
export function deedText(
  { deed, program, target }: DeedFacts,
  t: TFunction,
  language: string,
): string {
  const sentence = t(target ? 'map.deed.entered-of' : `map.deed.${deed.what}`, {
    ...{ program: shown(program), kinds: kindList(deed.kinds, language) },
    target: target && nameOf(target, t),
  });
  return deed.terminal
    ? t('map.deed.where', { where: t('terminal', { id: deed.terminal }), sentence })
    : sentence;
}
