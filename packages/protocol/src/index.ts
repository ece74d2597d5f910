import './no-eval.ts';

export * from './check-spec.ts';
export * from './errors.ts';
export * from './heartbeats.ts';
export * from './ids.ts';
export type * from './kernel-event.ts';
export * from './kernel-map.ts';
export type * from './kernel-view.ts';
export * from './learner-api.ts';
export * from './map-change.ts';
export * from './map-name.ts';
export * from './rate.ts';
export * from './recording.ts';
export * from './runner-api.ts';
export * from './shell-prompt.ts';
export * from './terminal-stream.ts';
export * from './tunnel.ts';
export * from './verdict.ts';
