import { join } from 'node:path';
import { UserError } from '../../user-error.ts';
import { type Disk, requireOff, startMachine } from '../qemu.ts';
import { GuestAgent } from './guest-agent.ts';

/** Loopback of this host, and all addresses of the machine: the server refuses other ports in a Host header. */
export const port = 28_420;

/** The kernel needs no initial RAM disk: it has drivers of NVMe and ext4 built in. */
const append = 'console=ttyS0 root=/dev/nvme0n1 rw rootwait panic=-1';

/**
 * Boots a host and switches it off again, passing its console on to standard error.
 * @throws UserError when it breaks down, does not end in time, or is not what `use` expects.
 */
export async function withGuest<T>(
  { kernel, disks }: { kernel: string; disks: Disk[] },
  { scratch, limitMs }: { scratch: string; limitMs: number },
  use: (agent: GuestAgent) => Promise<T>,
): Promise<T> {
  const socket = join(scratch, 'agent.sock');
  const machine = startMachine(
    {
      ...{ kernel, append, disks, memoryMiB: 3072, secondSerial: { socket } },
      network: { host: port, machine: port },
    },
    limitMs,
  );
  try {
    const agent = await GuestAgent.connect(socket);
    const broken = machine.ended.then((end) => {
      requireOff(end);
      throw new Error('the virtual machine switched itself off');
    });
    const result = await Promise.race([use(agent), broken]);
    broken.catch(() => undefined);
    agent.off();
    requireOff(await machine.ended);
    agent.close();
    return result;
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(`the host in the virtual machine: ${(cause as Error).message}`, { cause });
  } finally {
    machine.stop();
    await machine.ended;
  }
}
