import { CheckSpec, type Verdict } from '@tatami/protocol';
import { startRunner } from './running-runner.ts';
import { setTimeout as delay } from 'node:timers/promises';
await using runner = await startRunner({ TATAMI_WARM: 0, TATAMI_LOG_LEVEL: 'info' });
console.log((await runner.request('GET', '/health')).body);
const { id } = await runner.create();
const events = await runner.events(id);
const checks = [
  CheckSpec.parse({ id: 'pid1', process: { program: 'shell', innerPid: 1, differs: ['pid', 'mnt'], same: ['net', 'uts', 'ipc'], ownProc: true } }),
  CheckSpec.parse({ id: 'net', target: { hostname: 'isolated-container' }, commands: [{ sameAsTarget: ['net'], sameAsMachine: ['mnt'] }] }),
  CheckSpec.parse({ id: 'all', target: { hostname: 'isolated-container' }, process: { program: 'shell', sameAsTarget: ['pid','mnt','net','uts'], entered: true } }),
];
await runner.request('PUT', `/sandboxes/${id}/step`, { stepId: 'a', setup: '', checks, passed: [] });
const t1 = await runner.terminal(id, '1');
const t2 = await runner.terminal(id, '2');
await delay(800);
let last = 0;
async function go(t: typeof t1, text: string, wait = 900) {
  t.text = '';
  t.type(`${text}\r`);
  await delay(wait);
  console.log('>>', text);
  const now = new Map<string, Verdict>();
  for (const e of events) {
    if (e.type === 'state') for (const v of e.verdicts) now.set(v.checkId, v.verdict);
    if (e.type === 'verdict') now.set(e.verdict.checkId, e.verdict.verdict);
  }
  for (const [k, v] of now) console.log('   ', k, v.status, 'reason' in v ? JSON.stringify(v.reason) : JSON.stringify(v.evidence.facts));
  if (process.env.SHOW) console.log(t.text);
}
await go(t1, 'true');
await go(t1, 'unshare --pid --fork --mount-proc /bin/bash');
await go(t1, 'sudo unshare --pid --fork --mount-prox /bin/bash');
await go(t1, 'sudo unshar --pid');
await go(t1, 'unshar --pid');
await go(t1, 'sudo unshare --pid --fork --mount-proc /bin/bashh');
await go(t1, 'sudo unshare --uts hostname foo');
await go(t1, 'sudo unshare --pid --fork --mount-proc ps aux');
await go(t1, 'sudo bash'); await go(t1, 'exit');
await go(t2, 'sudo unshare --pid --fork --mount-proc --net --uts /bin/bash -c "hostname isolated-container; sleep 3600; true"');
await go(t1, 'P=$(pgrep -f "sleep 3600" | head -1); sudo nsenter -t $P -n ip addr');
await go(t1, 'P=$(pgrep -x sleep | tail -1); nsenter -t $P -n ip addr');
await go(t1, 'sudo nsenter -n ip addr');
await go(t1, 'sudo nsenter -t $P ip addr');
await go(t1, 'sudo nsenter -t 30000 -n ip addr');
await go(t1, 'sudo nsenter -t $P -u hostname');
await go(t1, 'sudo nsenter -t $P -n -m ip addr');
await go(t1, 'sudo nsenter -t $P -a ip addr');
await go(t1, 'sudo nsenter -t $P -n ipp addr');
await go(t1, 'ip addr');
await go(t1, 'sudo unshare --net ip addr');
await go(t1, 'sudo nsenter -t $P -n ip addr');
await go(t1, 'sudo nsenter -t $P -a /bin/bash');
