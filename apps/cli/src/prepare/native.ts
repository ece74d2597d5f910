import { join } from 'node:path';
import {
  buildEventPrograms,
  buildNative,
  type EventPrograms,
  type NativePrograms,
} from '@tatami/sandbox';
import { cacheDir, cloneRoot } from '../paths.ts';
import { UserError } from '../user-error.ts';
import { whyNotBuilt } from './disk.ts';

/** What a runner needs of C: the helper, PID 1, and the event stream's kernel programs with their loader. */
export interface NativeParts extends NativePrograms, EventPrograms {}

/**
 * Compiles them, once per content. Without the kernel programs a runner still works and falls back, so
 * that they cannot be compiled is said and no more. @throws UserError when the helper cannot be.
 */
export async function prepareNative(): Promise<NativeParts> {
  const sources = join(cloneRoot, 'packages/sandbox/native');
  const native = await buildNative(join(cacheDir, 'native'), sources).catch(
    async (error: Error) => {
      const cause = (error.cause ?? error) as Error;
      throw new UserError(await whyNotBuilt(cacheDir, 'the native helper', cause), { cause });
    },
  );
  const events = await buildEventPrograms(join(cacheDir, 'events'), sources).catch(
    (error: Error) => {
      process.stderr.write(
        `Warning: ${error.message}; npm run tatami -- doctor says why, and what follows.\n`,
      );
      return { loader: '', object: '' };
    },
  );
  return { ...native, ...events };
}

/** The runner's settings that name these parts. */
export const nativeSettings = ({ bin, init, handoff, loader, object }: NativeParts) => ({
  TATAMI_NATIVE_BIN: bin,
  TATAMI_NATIVE_INIT: init,
  TATAMI_HANDOFF: handoff,
  TATAMI_EVENTS_LOADER: loader,
  TATAMI_EVENTS_OBJECT: object,
});
