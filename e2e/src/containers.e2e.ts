import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../test/fixtures.ts';

test('a container is entered from the host: each way is told apart, and what was done is shown', async ({
  page,
  lab,
}) => {
  await lab.open();
  await lab.openStep('03-nsenter');
  await expect(lab.reason('nsenter.net')).toContainText('test-nginx');
  await lab.type('1', 'docker run -d --name test-nginx nginx\n');
  await lab.shows('1', /\n[0-9a-f]{64}\nlearner@lab-host:~\$ $/);
  await lab.type('1', "PID=$(docker inspect --format '{{.State.Pid}}' test-nginx)\n");
  await lab.type('1', 'docker exec test-nginx hostname\n');
  await expect(lab.reason('nsenter.net')).toContainText('docker exec test-nginx hostname');
  await lab.type('1', 'sudo nsenter -t $PID -n -m ip -br addr\n');
  await expect(lab.reason('nsenter.net')).toContainText('mnt');
  await expect(lab.check('nsenter.net')).toHaveAttribute('data-status', 'not-yet');

  await lab.type('1', 'sudo nsenter -t $PID -n ip -br addr\n');
  await expect(lab.check('nsenter.net')).toHaveAttribute('data-status', 'passed');
  await lab.check('nsenter.net').locator('summary').click();
  const proof = lab.check('nsenter.net').locator('.proof');
  await expect(proof.locator('code')).toHaveText('ip -br addr');
  await expect(proof).toContainText(/net:\[\d+\]/);
  // The process is gone, what it did is kept.
  await page.reload();
  await expect(lab.check('nsenter.net')).toHaveAttribute('data-status', 'passed');
});

/** Looks at each layer from the host, as the step teaches, and prints what is wrong. */
const diagnosis = [
  "P=$(docker inspect --format '{{.State.Pid}}' shop-api)",
  "N=$(sudo awk '/^nameserver/{print $2}' /proc/$P/root/etc/resolv.conf)",
  "R=$(sudo nsenter -t $P -n ip route | awk '/^(unreachable|prohibit)/{print $2}')",
  "A=$(sudo tr '\\0' ' ' < /proc/$P/cmdline | grep -o ':5433')",
  `D=""; for i in 1 2 3 4 5 6 7 8 9; do [ -n "$D" ] || D=$(sudo nsenter -t $P -n ss -Htn state syn-sent | awk '{print $4}' | head -1 | cut -d: -f1); [ -n "$D" ] || sleep 0.7; done`,
  'if [ $N != 172.21.0.53 ]; then W="name $N"; elif [ -n "$R" ]; then W="route $R"; elif [ -n "$A" ]; then W="port 5433"; elif [ $D = 172.20.0.10 ]; then W="filter $D"; else W="address $D"; fi; clear; echo "it is: $W."',
];

test('a fault is found layer by layer, and named in the checklist', async ({ page, lab }) => {
  test.setTimeout(120_000);
  await lab.open();
  await lab.openStep('04-nsenter-debug');
  const check = lab.check('debug.cause');
  await expect(check).toHaveAttribute('data-status', 'not-yet');
  await expect(lab.check('debug.net')).toHaveAttribute('data-status', 'not-yet');
  await expect(lab.check('debug.mended')).toHaveAttribute('data-status', 'not-yet');

  // A guess is told from a finding, and outlives the page.
  await check.locator('select').selectOption('route');
  await check.locator('input').fill('1.2.3.0/24');
  await check.locator('button[type=submit]').click();
  await expect(lab.reason('debug.cause')).not.toBeEmpty();
  await page.reload();
  await expect(check.getByTestId('answer-given')).toContainText('1.2.3.0/24');
  await lab.prompt('1');
  const { violations } = await new AxeBuilder({ page }).exclude('.xterm').analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual(
    [],
  );

  for (const line of diagnosis) await lab.type('1', `${line}\n`);
  await lab.shows('1', /it is: \w+ [^\n]+\.\n/);
  const [, cause = '', value = ''] = (await lab.text('1')).match(/it is: (\w+) ([^\n]+)\.\n/) ?? [];
  await check.locator('select').selectOption(cause);
  await check.locator('input').fill(value);
  await check.locator('button[type=submit]').click();
  await expect(check).toHaveAttribute('data-status', 'passed');
  await check.locator('summary').click();
  await expect(check.locator('.proof')).toContainText(value);
});
