import { spawn } from 'node:child_process';
import { once } from 'node:events';

const keptConsoleBytes = 4000;

/** A virtual machine to run until it switches itself off. */
export interface Machine {
  /** Linux kernel image, and its command line. */
  kernel: string;
  append: string;
  /** Raw disk images: /dev/nvme0n1 and on. What the machine writes to them is dropped. */
  disks: string[];
  /** File that receives what the machine writes to /dev/ttyS1. */
  report: string;
  memoryMiB: number;
}

/** How a machine ended; `console` is the last of what it wrote to /dev/ttyS0. */
export type MachineEnd =
  | { kind: 'off'; console: string }
  | { kind: 'timed-out'; console: string; limitMs: number }
  | { kind: 'failed'; console: string; detail: string };

/**
 * Runs a machine to its end, passing its console on to standard output. It is emulated in software:
 * hosts that are themselves virtual offer no KVM, or one that breaks down half-way.
 */
export async function runMachine(machine: Machine, limitMs: number): Promise<MachineEnd> {
  const child = spawn('qemu-system-x86_64', qemuArguments(machine), {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let tail = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
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
  const [code] = await once(child, 'close').finally(() => clearTimeout(timer));
  if (timedOut) return { kind: 'timed-out', console: tail, limitMs };
  if (code !== 0) return { kind: 'failed', console: tail, detail: complaint.trim() };
  return { kind: 'off', console: tail };
}

function qemuArguments({ kernel, append, disks, report, memoryMiB }: Machine): string[] {
  return [
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', 'q35', '-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2'],
    ...['-m', String(memoryMiB)],
    ...['-kernel', kernel, '-append', append],
    ...['-device', 'nvme,serial=tatami'],
    ...disks.flatMap((file, index) => [
      '-drive',
      `if=none,id=disk${index},format=raw,snapshot=on,file=${file.replaceAll(',', ',,')}`,
      '-device',
      `nvme-ns,drive=disk${index},nsid=${index + 1}`,
    ]),
    ...['-serial', 'stdio', '-serial', `file:${report}`],
  ];
}
