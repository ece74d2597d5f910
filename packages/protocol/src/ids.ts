import { z } from 'zod';

/** A sandbox: 12 lower-case hexadecimal digits, also the last part of its cgroup's path. */
export const SandboxId = z.string().regex(/^[0-9a-f]{12}$/);
export type SandboxId = z.infer<typeof SandboxId>;

/** A terminal within one sandbox: `1`, `2`, ... as the lesson names them. */
export const TerminalId = z.string().regex(/^[1-9]$/);
export type TerminalId = z.infer<typeof TerminalId>;

/** A lab's folder name, e.g. `03-unshare-nsenter`. */
export const LabId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
export type LabId = z.infer<typeof LabId>;

/** A step's folder name within a lab, e.g. `02-unshare`. */
export const StepId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
export type StepId = z.infer<typeof StepId>;

/** A check's name, unique within a lab. */
export const CheckId = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/);
export type CheckId = z.infer<typeof CheckId>;

/** A name within a lab's files: of a command, a fault, a question, a checklist item. */
export const Key = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
export type Key = z.infer<typeof Key>;

/** An account of the staff. */
export const AccountId = z.string().regex(/^[0-9a-f]{16}$/);
export type AccountId = z.infer<typeof AccountId>;

/** A workshop. */
export const WorkshopId = z.string().regex(/^[0-9a-f]{16}$/);
export type WorkshopId = z.infer<typeof WorkshopId>;

/** Languages of interface and lessons (BCP 47). */
export const Language = z.enum(['zh-CN', 'ja', 'en']);
export type Language = z.infer<typeof Language>;
