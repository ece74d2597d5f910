/**
 * KEY=VALUE lines that systemd's EnvironmentFile=, docker's env_file and Node's --env-file read alike.
 * @throws for a value that they would read differently.
 */
export function environmentFile(settings: Record<string, string>): string {
  return Object.entries(settings)
    .map(([name, value]) => {
      if (!/^[\w@%+=:,./-]*$/.test(value))
        throw new Error(
          `${name}=${JSON.stringify(value)} cannot be written to an environment file`,
        );
      return `${name}=${value}\n`;
    })
    .join('');
}
