export * from './canonical-json.ts';
export * from './chain.ts';
export type { Change } from './change.ts';
export { sealed } from './seal.ts';
export * from './signing-key.ts';
export * from './verify.ts';
