import { startRunner } from './running-runner.ts';
import { setTimeout as delay } from 'node:timers/promises';
await using runner = await startRunner({ TATAMI_WARM: 0 });
const { id } = await runner.create();
const t1 = await runner.terminal(id, '1');
const t2 = await runner.terminal(id, '2');
await delay(500);
t2.type('sudo unshare --pid --fork --mount-proc --net --uts /bin/bash -c "hostname isolated-container; sleep 3600; true"\r');
await delay(500);
for (const c of process.argv.slice(2)) { t1.text=''; t1.type(`${c}\r`); await delay(1200); console.log(t1.text); }
