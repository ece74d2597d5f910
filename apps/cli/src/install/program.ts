import { copyFile, mkdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type NativeParts, prepareNative } from '../prepare/native.ts';
import { type Program, prepareProgram } from '../prepare/program.ts';
import { places } from './places.ts';
import { putLink } from './put.ts';

/** A program with its native parts in one folder: it needs neither a clone nor a compiler. */
export interface InstalledProgram {
  dir: string;
  program: Program;
  native: NativeParts;
}

/** Builds the program unless it is there, completes it, and makes it the current one. */
export async function installProgram(): Promise<InstalledProgram> {
  const program = await prepareProgram();
  const dir = dirname(program.server);
  const native = await copyNative(await prepareNative(), join(dir, 'native'));
  await putLink(places.current, dir);
  return { dir, program, native };
}

async function copyNative(parts: NativeParts, dir: string): Promise<NativeParts> {
  await mkdir(dir, { recursive: true });
  const copies = Object.entries(parts).map(async ([part, path]) => {
    // Event programs that could not be compiled.
    if (path === '') return [part, ''];
    const copy = join(dir, basename(path));
    await copyFile(path, `${copy}.${process.pid}`);
    await rename(`${copy}.${process.pid}`, copy);
    return [part, copy];
  });
  return Object.fromEntries(await Promise.all(copies)) as NativeParts;
}
