import {
  type Answer,
  Attempt,
  Debrief,
  ErrorBody,
  LabCard,
  LabContent,
  type QuizAnswers,
  Session,
  Solution,
} from '@tatami/protocol';
import { z } from 'zod';
import { noteServerTime } from './server-time.ts';

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

async function answerOf(path: string, method = 'GET', body?: unknown): Promise<Response> {
  const response = await fetch(path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
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

const call = async <T>(schema: z.ZodType<T>, path: string, method?: string, body?: unknown) =>
  schema.parse(await (await answerOf(path, method, body)).json());

const lab = (id: string) => `/api/labs/${encodeURIComponent(id)}`;

/** The routes of learner-api.ts. */
export const api = {
  session: () => call(Session, '/api/session'),
  resume: (code: string) => call(Session, '/api/session/resume', 'POST', { code }),
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
  screen: async (id: string, terminal: string) =>
    new Uint8Array(await (await answerOf(`${lab(id)}/terminals/${terminal}/screen`)).arrayBuffer()),
};
