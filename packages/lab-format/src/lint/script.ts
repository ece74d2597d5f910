import { TextDecoder } from 'node:util';
import type { Problem } from '../problem.ts';
import type { ReadLab } from '../read-lab.ts';
import { type Words, wordsOf } from './texts.ts';

/** Signs of another language's script, which a browser would draw with the wrong font or a reader not know. */
export const scriptProblems = (lab: ReadLab): Problem[] =>
  wordsOf(lab).flatMap((words) => {
    const found = [...new Set(foreignOf(words))].join(' ');
    if (!found) return [];
    const { file, line } = words;
    const reason =
      words.lang === 'ja'
        ? `no Japanese character: ${found}`
        : `kana outside {% ja %} and lang="ja": ${found}`;
    return [{ file, line, reason }];
  });

const kana =
  /[\p{Script=Hiragana}\p{Script=Katakana}][\p{Script=Hiragana}\p{Script=Katakana}ー・]*/gu;

function foreignOf({ lang, text }: Words): string[] {
  if (lang === 'zh-CN') return text.match(kana) ?? [];
  if (lang === 'ja')
    return (text.match(/\p{Script=Han}/gu) ?? []).filter((one) => !isJapanese(one));
  return [];
}

/**
 * Simplified forms that JIS X 0208 has as rare or old characters of their own. Those of OpenCC's table of
 * simplified characters that are in JIS X 0208, but for the 常用漢字 and what modern Japanese still writes.
 */
const simplifiedInJis = new Set(
  '个仆从儿价册冲决况凉厂听咏坏夸并广弃愿挂无梦气烟犹盖笋粮网耻脉苹荐迹隶韵档厮',
);
/** 常用漢字 that JIS X 0208 has in another form only. */
const joyoBeyondJis = new Set('𠮟塡剝頰');

/** Whether Japanese is written with this Han character: those of JIS X 0208 are, new and old forms. */
export const isJapanese = (character: string): boolean =>
  joyoBeyondJis.has(character) || (jisX0208().has(character) && !simplifiedInJis.has(character));

let repertoire: Set<string> | undefined;

/** All of JIS X 0208, as Shift_JIS encodes it; the lead bytes after 0xEA are vendors' additions. */
function jisX0208(): Set<string> {
  if (repertoire) return repertoire;
  repertoire = new Set();
  const decoder = new TextDecoder('shift_jis');
  for (let lead = 0x81; lead <= 0xea; lead += 1) {
    if (lead > 0x9f && lead < 0xe0) continue;
    for (let trail = 0x40; trail <= 0xfc; trail += 1)
      for (const character of decoder.decode(Uint8Array.of(lead, trail))) repertoire.add(character);
  }
  return repertoire;
}
