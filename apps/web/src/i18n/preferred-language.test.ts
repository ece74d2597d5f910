import { expect, it } from 'vitest';
import { preferredLanguage } from './preferred-language.ts';

it.each([
  [['ja'], 'ja'],
  [['ja-JP', 'en'], 'ja'],
  [['zh-TW'], 'zh-CN'],
  [['zh-Hans-CN', 'en-US'], 'zh-CN'],
  [['en-GB', 'ja'], 'en'],
  [['fr-FR', 'de', 'ja-JP', 'en'], 'ja'],
  [['JA-jp'], 'ja'],
  [['jam', 'zha', 'zh'], 'zh-CN'],
  [['ko'], 'en'],
  [[], 'en'],
])('of %j is %s', (tags, language) => {
  expect(preferredLanguage(tags)).toBe(language);
});
