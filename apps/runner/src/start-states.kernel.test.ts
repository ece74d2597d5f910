import { describe, expect, test } from 'vitest';
import { present, readySteps, setupsOf } from '../test/lesson-machine.ts';
import { type World, withWorld } from '../test/world.ts';

const setUpLimitMs = 2_000;
/** Steps that leave the container engine to a backup that holds its lock. */
const held = ['05-production', '06-drill'];
/** Steps about containers: their network is as at the start. */
const withNetwork = (stepId: string) => stepId >= '03';
const outage = present(setupsOf('05-production')[0]);

/** What a learner may have done to the machine, the engine's lock held besides; /proc comes last: little works without. */
const wreck = `
  sudo hostname other
  mkdir -p /tmp/myroot; sudo mount -t tmpfs none /tmp/myroot
  sudo ipcmk --shmem 1024 >/dev/null
  echo 'nameserver 203.0.113.1' | sudo tee /etc/resolv.conf >/dev/null
  sudo nft 'table ip x { chain y { type filter hook output priority 0; policy drop; }; }'
  sudo ip link delete eth0
  sudo mount -t tmpfs none /proc
  sudo unshare --pid --fork bash -c 'mount -t proc proc /proc'
`;

describe('a wrecked machine', () => {
  let world: World;
  withWorld((opened) => {
    world = opened;
  });

  const says = async (command: string) => (await world.learn(command)).text.trim();
  const succeeds = async (command: string) => (await world.learn(command)).status === 0;

  test.each(readySteps.flatMap((id) => setupsOf(id).map((setup, draw) => ({ id, draw, setup }))))(
    'is as step $id begins once that is opened (draw $draw)',
    async ({ id, setup }) => {
      await world.setUp(outage);
      await world.learn(wreck);
      expect(await succeeds('ls /proc/self/ns')).toBe(false);

      const { status, text, ms } = await world.setUp(setup);
      expect({ status, text }).toEqual({ status: 0, text: '' });
      expect(Math.min(ms, await world.quickest(setup, setUpLimitMs))).toBeLessThan(setUpLimitMs);
      expect(await says('hostname; grep -c " /proc " /proc/self/mountinfo')).toBe('lab-host\n1');
      expect(await succeeds('sudo timeout 1 docker ps')).toBe(!held.includes(id));
      if (withNetwork(id)) {
        expect(await says('cat /etc/resolv.conf')).toBe('nameserver 192.168.56.1');
        expect(await succeeds('ping -c 1 -W 1 8.8.8.8')).toBe(true);
        expect(await says('sudo nft list ruleset')).not.toContain('table ip x');
      } else {
        expect(await succeeds('test -e /tmp/myroot')).toBe(false);
        expect(await says('sudo ipcs -m | grep -c 1024')).toBe('0');
      }
    },
  );
});
