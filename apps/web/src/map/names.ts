import type { NamespaceKind } from '@tatami/protocol';
import type { TFunction } from 'i18next';
import { isolated, shortened, visible } from '../lab/learner-text.tsx';
import type { AreaName } from './areas.ts';
import type { DeedFacts } from './facts.ts';
import { kinds } from './kinds.ts';

const mostOfName = 40;

/** A text that a learner chose as a part of a sentence. */
export const shown = (text: string, most = mostOfName): string =>
  isolated(shortened(visible(text), most));

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
export const kindList = (of: NamespaceKind[], language: string): string =>
  language.startsWith('zh')
    ? of.join('、')
    : new Intl.ListFormat(language, { type: 'conjunction' }).format(of);

/** What was done, in one sentence. */
export function deedText(
  { deed, program, target }: DeedFacts,
  t: TFunction,
  language: string,
): string {
  const sentence = t(target ? 'map.deed.entered-of' : `map.deed.${deed.what}`, {
    ...{
      program: shown(program),
      kinds: kindList(
        kinds.filter((kind) => deed.kinds.includes(kind)),
        language,
      ),
    },
    target: target && nameOf(target, t),
  });
  return deed.terminal
    ? t('map.deed.where', { where: t('terminal', { id: deed.terminal }), sentence })
    : sentence;
}
