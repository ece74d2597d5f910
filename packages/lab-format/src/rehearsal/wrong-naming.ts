import type { Chooser } from './random.ts';

/** Processes that are not the one: PID 1, the shell, the container's monitor, nobody. */
const others = ['1', '$$', '$(pgrep -x conmon)', '99999', '$(pgrep -x internet)'];

/**
 * One way not to look at what of the step's Java service should be named, as a line typed into one terminal.
 * @param names as a check's command has them.
 */
export function wrongNaming(names: string[], choose: Chooser): string[] {
  const pid = names.includes('pid');
  const file = pid ? choose.one(['status', 'root', 'cwd']) : choose.one(names);
  const other = choose.one(others);
  const service = '$(pgrep -nx java)';
  return [
    choose.one([
      `sudo ${choose.one(['ls -d', 'head -1', 'ls -l'])} /proc/${other}/${file}`,
      `sudo cat /proc/${other}/${choose.one(['cmdline', file])}`,
      `/bin/echo /proc/${service}/${file}`,
      `printf '%s\\n' /proc/${service}/${file} | xargs -n 1 ${choose.one(['basename', 'dirname'])}`,
      `sudo ls /proc/${service}/${choose.misspelt(file)}`,
      `sudo cat /proc/${service}/${choose.misspelt('cmdline')}`,
      `docker exec ${choose.one(['', '-it '])}order-service ${choose.one(['ls /', 'ps aux', 'sh'])}`,
    ]),
  ];
}
