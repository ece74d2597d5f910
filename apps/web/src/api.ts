import {
  type Answer,
  Attempt,
  Debrief,
  ErrorBody,
  LabCard,
  LabContent,
  offsetHeader,
  type QuizAnswers,
  RecordingIndex,
  Session,
  Solution,
} from '@tatami/protocol';
import { z } from 'zod';
import { noteServerTime } from './server-time.ts';
import { noteSession } from './workshops/seat-store.ts';

/** An error answer of the server, or none (number 0): its code names the text, its number is shown. */
export class ApiError extends Error {
  readonly code: string;
  readonly number: number;
  constructor(code: string, number: number, message: string) {
    super(message);
    this.code = code;
    this.number = number;
  }
}

/** A file goes as it is, the rest as JSON. */
function bodyOf(body: unknown): RequestInit {
  if (body === undefined) return {};
  return body instanceof Blob
    ? { body, headers: { 'content-type': 'application/octet-stream' } }
    : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
}

/** Asks the server. @throws ApiError. */
export async function answerOf(path: string, method = 'GET', body?: unknown): Promise<Response> {
  const response = await fetch(path, {
    method,
    ...bodyOf(body),
  }).catch(() => {
    throw new ApiError('server.unreachable', 0, '');
  });
  noteServerTime(response.headers.get('date'));
  if (response.ok) return response;
  const parsed = ErrorBody.safeParse(await response.json().catch(() => null));
  if (!parsed.success) throw new ApiError('internal', 1999, response.statusText);
  const { code, number, message } = parsed.data.error;
  throw new ApiError(code, number, message);
}

/** Asks the server for JSON of this form. @throws ApiError. */
export const call = async <T>(
  schema: z.ZodType<T>,
  path: string,
  method?: string,
  body?: unknown,
) => schema.parse(await (await answerOf(path, method, body)).json());

const lab = (id: string) => `/api/labs/${encodeURIComponent(id)}`;

/** A terminal's recording; without a machine, that of the one that runs or ran last. */
export interface RecordingOf {
  lab: string;
  terminal: string;
  machine: string | null;
}

const recordingPath = (
  of: RecordingOf,
  part: string,
  query: Record<string, string> = {},
): string => {
  const all = new URLSearchParams({ ...(of.machine ? { machine: of.machine } : {}), ...query });
  return `${lab(of.lab)}/terminals/${of.terminal}/recording${part}?${all}`;
};

/** Where a recording can be had as a file for asciinema. */
export const castUrl = (of: RecordingOf): string => recordingPath(of, '/cast');

/** The routes of learner-api.ts. */
export const api = {
  session: () => call(Session, '/api/session').then(noteSession),
  resume: (code: string) =>
    call(Session, '/api/session/resume', 'POST', { code }).then(noteSession),
  labs: (lang: string) => call(z.array(LabCard), `/api/labs?lang=${lang}`),
  lab: (id: string, lang: string) => call(LabContent, `${lab(id)}?lang=${lang}`),
  attempt: (id: string) => call(Attempt, `${lab(id)}/attempt`),
  start: (id: string) => call(Attempt, `${lab(id)}/machine`, 'POST'),
  extend: (id: string) => call(Attempt, `${lab(id)}/machine/extend`, 'POST'),
  reset: (id: string, scope: 'machine' | 'step') =>
    call(Attempt, `${lab(id)}/machine/reset`, 'POST', { scope }),
  step: (id: string, stepId: string) => call(Attempt, `${lab(id)}/step`, 'PUT', { stepId }),
  answer: (id: string, checkId: string, answer: Answer) =>
    call(Attempt, `${lab(id)}/answers/${encodeURIComponent(checkId)}`, 'PUT', answer),
  quiz: (id: string, checkId: string, answers: QuizAnswers['answers']) =>
    call(Attempt, `${lab(id)}/quizzes/${encodeURIComponent(checkId)}`, 'PUT', { answers }),
  solution: (id: string, checkId: string) =>
    call(Solution, `${lab(id)}/solutions/${encodeURIComponent(checkId)}`, 'POST'),
  debrief: (id: string) => call(Debrief, `${lab(id)}/debrief`),
  recording: (of: RecordingOf) => call(RecordingIndex, recordingPath(of, '')),
  /** Bytes from this offset on, or from where some are kept. */
  recordedBytes: async (of: RecordingOf, from: number) => {
    const answer = await answerOf(recordingPath(of, '/bytes', { from: String(from) }));
    const offset = z.coerce.number().parse(answer.headers.get(offsetHeader));
    return { offset, bytes: new Uint8Array(await answer.arrayBuffer()) };
  },
  screen: async (id: string, terminal: string) =>
    new Uint8Array(await (await answerOf(`${lab(id)}/terminals/${terminal}/screen`)).arrayBuffer()),
};
