import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { UserError } from '../user-error.ts';

const keptConsoleBytes = 4000;

/** A virtual machine to run until it switches itself off. */
export interface Machine {
  /** Linux kernel image, and its command line. */
  kernel: string;
  append: string;
  disks: Disk[];
  /** What is at the other end of /dev/ttyS1. */
  secondSerial: { file: string } | { socket: string };
  /** Lets this host in by a port of its loopback address, and the machine out nowhere; without, it has no network. */
  network?: { host: number; machine: number };
  memoryMiB: number;
}

/** A raw disk image. */
export interface Disk {
  file: string;
  /**
   * Unless told, /dev/nvme0n1 and on; newer kernels look at several at once and name them as they come.
   * Virtio is for disks that are found by their labels.
   */
  bus?: 'nvme' | 'virtio';
  /** Whether what the machine writes to it stays. */
  kept?: boolean;
}

/** How a machine ended; `console` is the last of what it wrote to /dev/ttyS0. */
export type MachineEnd =
  | { kind: 'off'; console: string }
  | { kind: 'timed-out'; console: string; limitMs: number }
  | { kind: 'failed'; console: string; detail: string };

/** @throws UserError with the last of its console unless a machine switched itself off. */
export function requireOff(end: MachineEnd): void {
  if (end.kind === 'timed-out')
    throw new UserError(
      `the virtual machine did not end within ${end.limitMs / 60_000} minutes and was stopped; ${lastOf(end)}`,
    );
  if (end.kind === 'failed')
    throw new UserError(`the virtual machine broke down: ${end.detail}; ${lastOf(end)}`);
}

export const lastOf = (end: MachineEnd): string => `the last of its console:\n${end.console}`;

export interface RunningMachine {
  ended: Promise<MachineEnd>;
  /** Pulls the plug. Idempotent. */
  stop: () => void;
}

/**
 * Starts a machine, passing its console on to standard error. It is emulated in software: hosts that are
 * themselves virtual offer no KVM, or one that breaks down half-way.
 */
export function startMachine(machine: Machine, limitMs: number): RunningMachine {
  const child = spawn('qemu-system-x86_64', qemuArguments(machine), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let tail = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text);
    tail = (tail + text).slice(-keptConsoleBytes);
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-keptConsoleBytes);
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGKILL');
  }, limitMs);
  const ended = once(child, 'close')
    .finally(() => clearTimeout(timer))
    .then(([code]): MachineEnd => {
      if (timedOut) return { kind: 'timed-out', console: tail, limitMs };
      if (code !== 0) return { kind: 'failed', console: tail, detail: complaint.trim() };
      return { kind: 'off', console: tail };
    });
  return { ended, stop: () => void child.kill('SIGKILL') };
}

/** As {@link startMachine}, to its end. */
export const runMachine = (machine: Machine, limitMs: number): Promise<MachineEnd> =>
  startMachine(machine, limitMs).ended;

function qemuArguments(machine: Machine): string[] {
  const { kernel, append, disks, secondSerial, network, memoryMiB } = machine;
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2'],
    ...['-m', String(memoryMiB)],
    ...['-kernel', kernel, '-append', append],
    ...['-device', 'nvme,serial=tatami'],
    // Before the disks: the interface is named by its place, however many these are.
    ...(network ? interfaceFor(network) : []),
    ...disks.flatMap(({ file, kept = false, bus = 'nvme' }, index) => [
      '-drive',
      `if=none,id=disk${index},format=raw,snapshot=${kept ? 'off' : 'on'},file=${escaped(file)}`,
      '-device',
      bus === 'nvme'
        ? `nvme-ns,drive=disk${index},nsid=${index + 1}`
        : `virtio-blk-pci,drive=disk${index}`,
    ]),
    ...['-serial', 'stdio', '-serial', serial(secondSerial)],
  ];
}

const serial = (end: Machine['secondSerial']): string =>
  'file' in end ? `file:${end.file}` : `unix:${escaped(end.socket)},server=on,wait=off`;

const interfaceFor = ({ host, machine }: NonNullable<Machine['network']>): string[] => [
  ...['-netdev', `user,id=lan,restrict=on,hostfwd=tcp:127.0.0.1:${host}-:${machine}`],
  ...['-device', 'virtio-net-pci,netdev=lan,romfile='],
];

const escaped = (path: string): string => path.replaceAll(',', ',,');
