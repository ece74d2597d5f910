import { promptAtEnd } from '@tatami/protocol';
import type { FirstTerminal } from './first-prompt.ts';
import type { GuestAgent } from './guest-agent.ts';

const shownWithinMs = 60_000;
const ofRunner = '/system.slice/tatami-runner.service';
const pidOf = (unit: string): string => `$(systemctl show --property=MainPID --value ${unit})`;

/** What an installed host must show, by the script that fails when it does not. */
const ofHost: Record<string, string> = {
  'both services are active': 'systemctl is-active tatami-server.service tatami-runner.service',
  'no unit has failed':
    '[ -z "$(systemctl list-units --failed --plain --no-legend | tee /dev/stderr)" ]',
  'cloud-init ended without an error': 'cloud-init status --wait --long',
  'the units have no fault': 'systemd-analyze verify /etc/systemd/system/tatami-*.service',
  'the server has no capability and gets none': `
    status=/proc/${pidOf('tatami-server')}/status
    grep --extended-regexp '^(Cap|NoNewPrivs|Seccomp|Uid)' $status
    ! grep --quiet --extended-regexp '^Cap...:.*[1-9a-f]' $status && grep --quiet '^NoNewPrivs:.1' $status`,
  'the runner lies in a leaf of the cgroup that systemd delegates': `cat /proc/${pidOf('tatami-runner')}/cgroup; [ "$(cat /proc/${pidOf('tatami-runner')}/cgroup)" = 0::${ofRunner}/runner ]`,
  "machines lie below it, and nothing of the runner's elsewhere": `
    find /sys/fs/cgroup -type d -name 'tatami-????????'
    [ "$(find /sys/fs/cgroup -type d -name 'tatami-????????' -printf '%h\\n')" = /sys/fs/cgroup${ofRunner} ]`,
  'nothing above it was touched by runc': `
    cat /sys/fs/cgroup/cgroup.subtree_control /sys/fs/cgroup/system.slice/cgroup.subtree_control
    ! grep --quiet --word-regexp --extended-regexp 'hugetlb|rdma|misc' /sys/fs/cgroup/system.slice/cgroup.subtree_control`,
};

/** The claims that do not hold, each with what was seen. */
export async function findFaults(agent: GuestAgent, claims = ofHost): Promise<string[]> {
  const faults: string[] = [];
  for (const [claim, script] of Object.entries(claims)) {
    const { status, output } = await agent.run(script);
    if (status !== 0) faults.push(`not so: ${claim}: ${output.trim()}`);
  }
  return faults;
}

/** The server is restarted as an operator does; the learner's shell and the runner must live on. */
export async function restartServer(agent: GuestAgent, first: FirstTerminal): Promise<string[]> {
  const runner = () => agent.run(`echo ${pidOf('tatami-runner')}`);
  const before = (await runner()).output;
  first.terminal.type('mark=$((6*7)); echo "mark is $mark"\r');
  if (!(await first.terminal.shows(/mark is 42/, shownWithinMs)))
    return [`the shell does not answer: ${JSON.stringify(first.terminal.text)}`];
  await agent.run('systemctl restart tatami-server.service');
  const again = await first.reopen();
  if (!(await again.shows(promptAtEnd, shownWithinMs)))
    return [`the shell is not shown again: ${JSON.stringify(again.text)}`];
  again.type('echo "it is $mark"\r');
  if (!(await again.shows(/it is 42/, shownWithinMs)))
    return [`the shell is another after the restart of the server: ${JSON.stringify(again.text)}`];
  again.close();
  const after = (await runner()).output;
  return before === after ? [] : ['the runner was started again with the server'];
}

const isGone: Record<string, string> = {
  'no unit of Tatami is left':
    "! systemctl list-unit-files --no-legend 'tatami-*' | grep --invert-match tatami-vm-agent",
  'no process of it is left': '! pgrep --list-full --full "(runner|server)[.]mjs|tatami-native"',
  'its cgroups are gone': `[ -z "$(find /sys/fs/cgroup -type d -name 'tatami-????????' | tee /dev/stderr)" ]`,
  'its program is gone': '! ls --directory /opt/tatami /usr/local/bin/tatami',
  'data, settings and user stay':
    'ls --directory /var/lib/tatami/server /var/lib/tatami/images /etc/tatami/tatami.env && id tatami',
};

/** Removes Tatami again as an operator does, while a learner's machine lives. */
export async function uninstalled(agent: GuestAgent): Promise<string[]> {
  const { status, output } = await agent.run('tatami uninstall');
  if (status !== 0) return [`tatami uninstall ended with ${status}: ${output.trim()}`];
  return await findFaults(agent, isGone);
}
