import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { FileIdentity } from '@tatami/protocol';

/** Tells the machine's own programs from whatever else bears their names. */
export interface Programs {
  /** Name of the program of the machine that this file is, or null. */
  nameOf(file: FileIdentity): string | null;
  /** A shell of the machine, or of one of the images on it. */
  isShell(file: FileIdentity): boolean;
}

/** Where the image store lies in the root filesystem: a folder a layer, its files below `diff`. */
const imageLayers = 'usr/share/containers/images/overlay';
const folders = ['usr/bin', 'usr/sbin', 'usr/local/bin', 'usr/local/sbin'];
const shells = ['bash', 'dash', 'sh'];
const keyOf = ({ inode, size, ctimeUs }: FileIdentity): string => `${inode}:${size}:${ctimeUs}`;

/**
 * Knows the programs of the shared root filesystem, and the shells of the container images in it, by inode,
 * size and time of change. An overlay keeps the inode numbers of lower files
 * (docs.kernel.org/filesystems/overlayfs.html, "Inode properties"), also once they are overwritten, and a
 * learner can choose a size; a time of change in the past nobody can have who cannot set the clock.
 */
export function machinePrograms(rootfs: string): Programs {
  const names = new Map(programsBelow(rootfs));
  const layers = join(rootfs, imageLayers);
  const inImages = (existsSync(layers) ? readdirSync(layers) : []).flatMap((layer) =>
    programsBelow(join(layers, layer, 'diff')),
  );
  const known = new Set(
    [...names, ...inImages].filter(([, name]) => shells.includes(name)).map(([key]) => key),
  );
  return {
    nameOf: (file) => names.get(keyOf(file)) ?? null,
    isShell: (file) => known.has(keyOf(file)),
  };
}

function programsBelow(root: string): [key: string, name: string][] {
  return folders
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { withFileTypes: true, encoding: 'utf8' }).map((entry) => ({
        folder,
        entry,
      })),
    )
    .filter(({ entry }) => entry.isFile())
    .map(({ folder, entry: { name } }) => {
      const { ino, size, ctimeNs } = statSync(join(folder, name), { bigint: true });
      const ctimeUs = Number(ctimeNs / 1000n);
      return [keyOf({ inode: Number(ino), size: Number(size), ctimeUs }), name];
    });
}
