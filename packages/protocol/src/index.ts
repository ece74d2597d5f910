export * from './check-spec.ts';
export * from './errors.ts';
export * from './ids.ts';
export type * from './kernel-event.ts';
export type * from './kernel-view.ts';
export * from './learner-api.ts';
export * from './runner-api.ts';
export * from './terminal-stream.ts';
export * from './verdict.ts';
