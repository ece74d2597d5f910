import { type LabCard, LabId, Language } from '@tatami/protocol';
import { z } from 'zod';
import type { ReadLab } from './read-lab.ts';
import { LabFile } from './schema.ts';

/** A lab that learners see and cannot open: its files have a fault. */
export interface UnavailableLab {
  id: string;
  order: number;
  /** Texts in `lang` or another language that can be read, else the folder's name. */
  card: (lang: Language) => LabCard;
}

const { order, minutes, prerequisites } = LabFile.shape;
const Text = z.string().trim().max(200).catch('');
const noTexts: Partial<Record<Language, { title: string; summary: string }>> = {};

/** What can be read of a lab.yaml, whatever is wrong with the rest. */
const Remains = z
  .object({
    order: order.optional().catch(undefined),
    minutes: minutes.catch(0),
    prerequisites: prerequisites.catch([]),
    texts: z.partialRecord(Language, z.object({ title: Text, summary: Text })).catch(noTexts),
  })
  .catch({ order: undefined, minutes: 0, prerequisites: [], texts: noTexts });

/** Undefined when its folder's name is no id: nothing could be asked about it. */
export function unavailableLab({ id, yaml }: ReadLab): UnavailableLab | undefined {
  if (!LabId.safeParse(id).success) return undefined;
  const { order, minutes, prerequisites, texts } = Remains.parse(yaml.value);
  const languages = Language.options.filter((lang) => texts[lang]?.title);
  // Folders are numbered in their order by custom; others come last.
  const place = order ?? Number(/^\d{1,4}(?=-)/.exec(id)?.[0] ?? 9999);
  return {
    id,
    order: place,
    card: (asked) => {
      const lang = languages.includes(asked) ? asked : (languages[0] ?? asked);
      const { title, summary } = texts[lang] ?? { title: '', summary: '' };
      return {
        ...{ id, order: place, status: 'unavailable', title: title || id, summary },
        ...{ minutes, prerequisites, languages, lang },
      };
    },
  };
}
