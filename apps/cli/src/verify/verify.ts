import { createSandbox, type SandboxHost } from '@tatami/sandbox';
import { type Expectation, prelude } from './expectation.ts';
import { expectations } from './expectations/index.ts';
import { hostMachine, type Machine, sandboxMachine } from './machines.ts';

/** What one expectation came to: what the script printed inside a sandbox and on the host. */
export interface Outcome {
  id: string;
  says: string;
  inside: string;
  host: string;
  /** `same`: both as expected; `explained`: the sandbox differs as the docs say; `different`: anything else. */
  status: 'same' | 'explained' | 'different';
}

/** Runs every expectation in a sandbox and on the host, which stays as it is. */
export async function verify(host: SandboxHost, chosen = expectations): Promise<Outcome[]> {
  const sandbox = await createSandbox(host);
  try {
    const machines = [sandboxMachine(sandbox), hostMachine(host.rootfs)];
    const outcomes: Outcome[] = [];
    for (const expectation of chosen) {
      const [inside = '', outside = ''] = await Promise.all(
        machines.map((machine) => printed(machine, expectation)),
      );
      outcomes.push(judge(expectation, inside, outside));
    }
    return outcomes;
  } finally {
    await sandbox.close();
  }
}

async function printed(machine: Machine, { script }: Expectation): Promise<string> {
  const { stdout, stderr } = await machine.run(`${prelude}${script}`);
  return `${stdout}${stderr}`.trimEnd();
}

export function judge(expectation: Expectation, inside: string, host: string): Outcome {
  const { id, says, prints, explained } = expectation;
  const status = () => {
    if (host !== prints) return 'different';
    if (inside === prints) return 'same';
    return inside === explained?.inside ? 'explained' : 'different';
  };
  return { id, says, inside, host, status: status() };
}
