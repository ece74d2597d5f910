/** Overlays on idmapped layers came with 5.19, and `cgroup.kill` before. */
const oldest = { major: 5, minor: 19 };

/** Why a kernel of this release (uname(2)) cannot carry sandboxes, to go on from its name; null when it can. */
export function kernelFault(release: string): string | null {
  const [major = 0, minor = 0] = release.split('.').map((part) => Number.parseInt(part, 10));
  if (major > oldest.major || (major === oldest.major && minor >= oldest.minor)) return null;
  return `${release} is too old: sandboxes need ${oldest.major}.${oldest.minor} (Debian 12 has 6.1); boot a newer one`;
}
