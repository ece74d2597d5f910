import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file as stat(2) on /proc/PID/exe tells it. A name or an argv can be anything; this cannot. */
export interface FileIdentity {
  inode: number;
  size: number;
}

/** Tells the machine's own programs from whatever else bears their names. */
export interface Programs {
  /** Name of the program of the machine that this file is, or null. */
  nameOf(file: FileIdentity): string | null;
  isShell(file: FileIdentity): boolean;
}

const folders = ['usr/bin', 'usr/sbin', 'usr/local/bin', 'usr/local/sbin'];
const shells = ['bash', 'dash', 'sh'];
const keyOf = ({ inode, size }: FileIdentity): string => `${inode}:${size}`;

/**
 * Knows the programs of the shared root filesystem by inode and size: the overlay keeps the inode numbers
 * of lower files (docs.kernel.org/filesystems/overlayfs.html, "Inode properties").
 */
export function machinePrograms(rootfs: string): Programs {
  const names = new Map<string, string>();
  for (const folder of folders)
    for (const entry of readdirSync(join(rootfs, folder), { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const { ino, size } = statSync(join(rootfs, folder, entry.name));
      names.set(keyOf({ inode: ino, size }), entry.name);
    }
  return {
    nameOf: (file) => names.get(keyOf(file)) ?? null,
    isShell: (file) => shells.includes(names.get(keyOf(file)) ?? ''),
  };
}
