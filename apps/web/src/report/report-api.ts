import { type IncidentDraft, IncidentView, Moment } from '@tatami/protocol';
import { answerOf, call } from '../api.ts';

const lab = (id: string) => `/api/labs/${encodeURIComponent(id)}`;

/** The browser's own time zone, or the world's. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC';

interface Wish {
  lang: string;
  zone: string;
  step: string | null | undefined;
}

/** In which words and by which clock a report is proposed, and about what. */
const wished = ({ lang, zone, step }: Wish): URLSearchParams => {
  const about = step === undefined ? {} : { step: step ?? 'all' };
  return new URLSearchParams({ lang, zone, ...about });
};

/** The routes of packages/protocol's incident.ts. */
export const reportApi = {
  /** @param step what is proposed a report about; null: all of the lesson. */
  view: (id: string, lang: string, step: string | null | undefined) =>
    call(IncidentView, `${lab(id)}/report?${wished({ lang, zone: ownZone(), step })}`),
  keep: (id: string, draft: IncidentDraft) => call(IncidentView, `${lab(id)}/report`, 'PUT', draft),
  discard: (id: string) => answerOf(`${lab(id)}/report`, 'DELETE'),
  /** The file as it is now, under the name that the server gives it; `draft` says it all of one that was never changed. */
  file: async (id: string, form: 'html' | 'markdown', draft: IncidentDraft) => {
    const answer = await answerOf(`${lab(id)}/report/${form}?${wished(draft)}`, 'POST');
    const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1];
    return { name: name ?? `report.${form}`, blob: await answer.blob() };
  },
  mark: (id: string, note: string) => call(Moment, `${lab(id)}/moments`, 'POST', { note }),
  unmark: (id: string, moment: string) => answerOf(`${lab(id)}/moments/${moment}`, 'DELETE'),
};
