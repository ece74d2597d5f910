import type { Answer, KernelEvent } from '@tatami/protocol';
import type { ClaimName } from './claims.ts';

/** An attempt, by a learner with root, to be believed without having done it. */
export interface Forgery {
  name: string;
  /** Its check must not pass. */
  claim: ClaimName;
  /** Run by bash as root in the machine, from a terminal; `@CGROUP@` is the kernel's id of the sandbox's cgroup. */
  script?: string;
  /** Told to the server for a check of the claim. */
  answer?: { checkId: string; answer: Answer };
  /** An event that must not appear. */
  event?: (event: KernelEvent) => boolean;
  /** A text that the terminal must not show. */
  never?: string;
}

/** An execution by this name, which nothing in the attempt does. */
export const executed =
  (name: string) =>
  (event: KernelEvent): boolean =>
    event.type === 'exec' && event.argv[0] === name;
