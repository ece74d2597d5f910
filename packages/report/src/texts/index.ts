import type { Language } from '@tatami/protocol';
import type { ToldEvent } from '../incident.ts';
import { en, type ReportTexts } from './en.ts';
import { ja } from './ja.ts';
import { words } from './words.ts';
import { zh } from './zh-CN.ts';

const texts: Record<Language, ReportTexts> = { en, ja, 'zh-CN': zh };

/** A text of the report, with what stands in its `{{braces}}`. */
export function say(
  lang: Language,
  key: keyof ReportTexts,
  values: Record<string, string | number> = {},
): string {
  return texts[lang][key].replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name]));
}

/** Where a line of the report comes from, and whose words it is in. */
export function sourceOf(lang: Language, { kind, isReworded }: ToldEvent): string {
  const source = say(lang, `source.${kind}`);
  return isReworded ? say(lang, 'reworded', { source }) : source;
}

/** What a fact or a cause is called; its own name when nobody has called it anything. */
export const wordOf = (lang: Language, of: 'fact' | 'cause', name: string): string =>
  words[lang][`${of}.${name}`] ?? name;
