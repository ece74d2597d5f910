/**
 * Capabilities (capabilities(7)) inside the sandbox's user namespace, with their numbers. Absent:
 * those that mean nothing there or open doors (SYS_BOOT, SYS_MODULE, SYS_RAWIO, BPF, ...). SYS_TIME there
 * means the offsets of time namespaces alone (time_namespaces(7)): the clock asks for it on the host.
 */
const numbers = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_DAC_READ_SEARCH: 2,
  CAP_FOWNER: 3,
  CAP_FSETID: 4,
  CAP_KILL: 5,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
  CAP_LINUX_IMMUTABLE: 9,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_BROADCAST: 11,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_IPC_LOCK: 14,
  CAP_IPC_OWNER: 15,
  CAP_SYS_CHROOT: 18,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_PACCT: 20,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_NICE: 23,
  CAP_SYS_TIME: 25,
  CAP_SYS_TTY_CONFIG: 26,
  CAP_MKNOD: 27,
  CAP_LEASE: 28,
  CAP_AUDIT_WRITE: 29,
  CAP_SETFCAP: 31,
  CAP_SYSLOG: 34,
} as const;

export const capabilities = Object.keys(numbers);
/** The same set as a hexadecimal mask, as /proc/PID/status prints it. */
export const capabilityMask = Object.values(numbers)
  .reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n)
  .toString(16);
