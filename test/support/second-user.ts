import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const USER = { name: 'bgjtest', id: 54_321 };

/** Why sudo cannot be tried with a user of its own, for node:test. False if it can be. */
export function obstacleToSecondUser(): string | false {
  if (process.getuid?.() !== 0) return 'only root can add a user, in a mount that only the job sees';
  if (spawnSync('openssl', ['version']).status !== 0) return 'needs openssl to make the hash of a password';
  return false;
}

/**
 * Returns a shell command that runs sudo as a second user, whom only this command knows: /etc is laid over in a mount of its
 * own. The prompt names the user.
 *
 * @param folder an empty folder that the user may look into
 * @param sudo path of the program
 * @param command what sudo runs, without single quotes
 */
export function sudoAsSecondUser(folder: string, sudo: string, password: string, command: string): string {
  for (let path = folder; path !== '/tmp' && path !== '/'; path = dirname(path)) chmodSync(path, 0o755);
  const etc = join(folder, 'etc');
  mkdirSync(etc);
  const add = (name: string, line: string, mode: number): void => {
    const path = `/etc/${name}`;
    const before = existsSync(path) && name !== 'sudoers' ? readFileSync(path, 'utf8') : '';
    writeFileSync(join(etc, name), `${before}${line}\n`);
    chmodSync(join(etc, name), mode);
  };
  const options = { input: password, encoding: 'utf8' } as const;
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], options).trim();
  add('passwd', `${USER.name}:x:${USER.id}:${USER.id}::/:/bin/sh`, 0o644);
  add('group', `${USER.name}:x:${USER.id}:`, 0o644);
  add('shadow', `${USER.name}:${hash}:19000:0:99999:7:::`, 0o600);
  add('sudoers', `Defaults !lecture\n${USER.name} ALL=(ALL) ALL`, 0o440);
  // If it is not installed, its package is laid over the system, too.
  const usr = sudo.startsWith('/usr') ? undefined : join(dirname(sudo), '..');
  const layers = [
    `mount -t overlay -o lowerdir=${etc}:/etc none /etc`,
    ...(usr === undefined ? [] : [`mount -t overlay -o lowerdir=${usr}:/usr none /usr`]),
  ];
  const become = `exec setpriv --reuid=${USER.id} --regid=${USER.id} --clear-groups --inh-caps=-all sudo -k ${command}`;
  return `exec unshare --mount sh -c '${[...layers, become].join(' && ')}'`;
}
