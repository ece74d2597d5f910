import type { Language } from '@tatami/protocol';

const offered: [prefix: string, language: Language][] = [
  ['zh', 'zh-CN'],
  ['ja', 'ja'],
  ['en', 'en'],
];

/** The first of these language tags (BCP 47) that is offered in some form; English if none is. */
export function preferredLanguage(tags: readonly string[]): Language {
  for (const tag of tags) {
    const primary = tag.split('-')[0]?.toLowerCase();
    const found = offered.find(([prefix]) => prefix === primary);
    if (found) return found[1];
  }
  return 'en';
}
