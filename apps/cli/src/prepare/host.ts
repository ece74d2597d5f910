import { requireFitKernel } from '../start/requirements.ts';
import { installDebianPackages, requireRoot, runtimePackages } from './debian.ts';
import { prepareImage } from './image.ts';
import { type NativeParts, prepareNative } from './native.ts';
import { type Program, prepareProgram } from './program.ts';
import { makeServiceUser } from './service-user.ts';

/** What runner and server run from. */
export interface PreparedHost {
  /** The learner's root filesystem. */
  rootfs: string;
  native: NativeParts;
  program: Program;
}

/** Installs and builds what is missing. @throws UserError in one sentence when it cannot. */
export async function prepareHost(): Promise<PreparedHost> {
  requireRoot();
  await installDebianPackages(runtimePackages);
  await requireFitKernel();
  const rootfs = await prepareImage();
  const native = await prepareNative();
  const program = await prepareProgram();
  await makeServiceUser();
  return { rootfs, native, program };
}
