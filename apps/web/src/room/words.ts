import type { LabContent, Reason } from '@tatami/protocol';
import type { TFunction } from 'i18next';
import { isolated, shortened, visible } from '../lab/learner-text.tsx';

const mostCharacters = 40;

/** A reason in words; what a learner typed is shortened and cannot change the sentence. */
export function reasonWords(t: TFunction, { key, params }: Reason): string {
  const shown = Object.entries(params).map(([name, value]) => [
    name,
    typeof value === 'string' ? isolated(shortened(visible(value), mostCharacters)) : value,
  ]);
  return String(t(key, Object.fromEntries(shown)));
}

/** Of a reason's parameters, those that no learner chooses, and those that one may. */
const given = ['kinds', 'wanted', 'target', 'type', 'bytes', 'port'];
const chosen = ['command', 'pid', 'code', 'is', 'value', 'checks', 'questions', 'wrong', 'count'];

/** A reason without anybody's words, for many to read. */
export function plainReason(t: TFunction, { key, params }: Reason): string {
  const left = (name: string) => [name, '…'] as const;
  const shown = given.map((name) => [name, params[name] ?? '…'] as const);
  return String(t(key, Object.fromEntries([...chosen.map(left), ...shown])));
}

/** How long something has lasted: seconds at first, then whole minutes. */
export function lasting(t: TFunction, ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return t('room.seconds', { n: Math.floor(seconds / 5) * 5 });
  return t('minutes', { n: Math.floor(seconds / 60) });
}

/** What a check asks for, in the lesson's words. */
export const checkText = ({ steps }: LabContent, checkId: string): string =>
  steps.flatMap(({ checklist }) => checklist).find((item) => item.checkId === checkId)?.text ??
  checkId;

/** The lesson's hints for a check, from a nudge to almost the solution. */
export const hintsOf = ({ steps }: LabContent, checkId: string): string[] =>
  steps.flatMap(({ checklist }) => checklist).find((item) => item.checkId === checkId)?.hints ?? [];

/** Minutes and seconds; nothing below zero. */
export function clockWords(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}
