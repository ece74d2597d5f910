export * from './exit-codes.ts';
export * from './faults.ts';
export * from './folder.ts';
export * from './listen.ts';
export * from './load.ts';
export * from './sources.ts';
export * from './table.ts';
