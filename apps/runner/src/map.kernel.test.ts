import { applied, MapEvent, type MapPicture } from '@tatami/protocol';
import { until } from '@tatami/sandbox';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { run } from '../test/lesson-machine.ts';
import { startRunner } from '../test/running-runner.ts';

test('try', async () => {
  await using runner = await startRunner();
  const { id } = await runner.create();
  const t1 = await runner.terminal(id, '1');
  let pic: MapPicture | undefined;
  let n = 0;
  const socket = new WebSocket(
    `ws+unix:${runner.config.TATAMI_RUNNER_SOCKET}:/sandboxes/${id}/map`,
  );
  socket.on('message', (d) => {
    const e = MapEvent.parse(JSON.parse(String(d)));
    n++;
    if (e.type === 'past') {
      pic = e.picture;
      for (const c of e.changes) pic = applied(pic, c);
    }
    if (e.type === 'change' && pic) pic = applied(pic, e.change);
  });
  const show = () => {
    for (const p of pic?.processes ?? [])
      console.log(
        p.id,
        p.parent,
        p.pids.join('/'),
        p.user,
        p.terminals.join(),
        p.container,
        p.command,
      );
    console.log(JSON.stringify(pic?.deeds), n);
  };
  t1.type('sudo unshare --pid --fork --mount-proc --uts bash\r');
  await until(
    () => pic?.processes.some((p) => p.terminals.includes('1') && p.pids.length > 1) ?? false,
    { what: 'in', timeoutMs: 8000 },
  ).catch(() => 0);
  show();
  t1.type('exit\r');
  await new Promise((r) => setTimeout(r, 1000));
  t1.type('docker run -d --name web nginx && docker exec -it web sh\r');
  await until(() => pic?.processes.some((p) => p.terminals.includes('1') && p.container) ?? false, {
    what: 'in',
    timeoutMs: 15000,
  }).catch(() => 0);
  show();
  console.log(t1.text.slice(-500));
  expect(1).toBe(1);
});
