import {
  type CsvFor,
  type MarkChangeRequest,
  OwnMarks,
  type Weights,
  WorkshopMarks,
} from '@tatami/protocol';
import { call } from '../api.ts';

const workshop = (id: string) => `/api/workshops/${encodeURIComponent(id)}`;

/** The routes of packages/protocol's marks.ts. */
export const marksApi = {
  own: (lab: string, lang: string) =>
    call(OwnMarks, `/api/labs/${encodeURIComponent(lab)}/marks?lang=${lang}`),
  all: (id: string, lang: string) => call(WorkshopMarks, `${workshop(id)}/marks?lang=${lang}`),
  change: (id: string, learner: string, lang: string, change: MarkChangeRequest) =>
    call(WorkshopMarks, `${workshop(id)}/marks/${learner}/changes?lang=${lang}`, 'POST', change),
  weigh: (id: string, lang: string, weights: Weights) =>
    call(WorkshopMarks, `${workshop(id)}/weights?lang=${lang}`, 'PUT', weights),
  gradeAgain: (id: string, lang: string, reason: string, weights: Weights | null) =>
    call(WorkshopMarks, `${workshop(id)}/gradings?lang=${lang}`, 'POST', { reason, weights }),
};

/** Where files can be had. */
export const marksFile = {
  csv: (id: string, whose: CsvFor, bom: boolean) =>
    `${workshop(id)}/marks.csv?for=${whose}&bom=${bom ? 1 : 0}`,
  json: (id: string) => `${workshop(id)}/marks.json`,
  learner: (id: string, learner: string) => `${workshop(id)}/marks/${learner}`,
};
