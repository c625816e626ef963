import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { obstacleToSecondUser, sudoAsSecondUser } from '../../support/second-user.ts';

/** A command that asks for a password on its terminal, and what it prints if the password was right. */
interface Asking {
  readonly command: string;
  readonly proof: string;
  /** Ends the other side. May be called twice. */
  readonly close: () => void;
}

/**
 * Prepares a program that asks for a password.
 *
 * @param folder is empty, and may be used
 * @returns undefined if a program is not installed
 */
export type AskingProgram = (folder: string, password: string) => Promise<Asking | undefined>;

/** Pushes to a repository behind an HTTPS server that asks for a password. */
export const askingGit: AskingProgram = async (folder, password) => {
  const backend = firstFile(`${output('git', ['--exec-path'])}/git-http-backend`);
  if (backend === undefined || output('openssl', ['version']) === undefined) return undefined;
  const [remote, local] = [join(folder, 'remote.git'), join(folder, 'local')];
  const git = (...args: string[]): void => {
    execFileSync('git', args, { stdio: 'ignore', env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' } });
  };
  git('init', '--bare', remote);
  git('-C', remote, 'config', 'http.receivepack', 'true');
  git('init', local);
  git(
    '-C',
    local,
    '-c',
    'user.name=Test',
    '-c',
    'user.email=test@test',
    'commit',
    '--allow-empty',
    '-m',
    'x',
  );
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'];
  execFileSync(
    'openssl',
    [...request, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
    { stdio: 'ignore' },
  );
  const expected = `Basic ${Buffer.from(`ada:${password}`).toString('base64')}`;
  const server = createHttpsServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    (request, response) => {
      if (request.headers.authorization !== expected) {
        response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="test"' }).end();
        return;
      }
      const { pathname, search } = new URL(request.url ?? '/', 'https://localhost');
      // CGI (RFC 3875): a head of lines, then the body.
      const child = spawn(backend, {
        stdio: ['pipe', 'pipe', 'ignore'],
        env: {
          ...process.env,
          GIT_PROJECT_ROOT: folder,
          GIT_HTTP_EXPORT_ALL: '1',
          GIT_CONFIG_GLOBAL: '/dev/null',
          PATH_INFO: pathname,
          QUERY_STRING: search.slice(1),
          REQUEST_METHOD: request.method ?? '',
          CONTENT_TYPE: request.headers['content-type'] ?? '',
          HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
          REMOTE_USER: 'ada',
        },
      });
      request.pipe(child.stdin);
      const parts: Buffer[] = [];
      child.stdout.on('data', (part: Buffer) => parts.push(part));
      child.stdout.once('end', () => {
        const all = Buffer.concat(parts);
        const end = all.indexOf('\r\n\r\n');
        const head = all.toString('latin1', 0, end).split('\r\n');
        const headers = head.map((line) => [
          line.slice(0, line.indexOf(':')),
          line.slice(line.indexOf(':') + 2),
        ]);
        const { Status: status = '200', ...others } = Object.fromEntries(headers) as Record<string, string>;
        response.writeHead(Number.parseInt(status, 10), others).end(all.subarray(end + 4));
      });
    },
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    command:
      `cd '${local}' && GIT_CONFIG_GLOBAL=/dev/null GIT_SSL_CAINFO='${cert}' GIT_ASKPASS= SSH_ASKPASS= git ` +
      `-c credential.helper= push https://ada@127.0.0.1:${port}/remote.git HEAD:main && echo pushed`,
    proof: 'pushed',
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

/** Runs a command through an SSH server of the same user, with a key that has a passphrase. */
export const askingSsh: AskingProgram = async (folder, password) => {
  const sshd = firstFile('/usr/sbin/sshd', '/usr/bin/sshd');
  if (sshd === undefined || firstFile('/usr/bin/ssh') === undefined) return undefined;
  const [host, user] = [join(folder, 'host'), join(folder, 'user')];
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', host]);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', password, '-f', user]);
  const port = await freePort();
  const config = join(folder, 'sshd_config');
  writeFileSync(
    config,
    [
      ...[`Port ${port}`, 'ListenAddress 127.0.0.1', `HostKey ${host}`, 'PidFile none', 'UsePAM no'],
      ...[`AuthorizedKeysFile ${user}.pub`, 'StrictModes no', 'PasswordAuthentication no'],
      // In the outermost shell of a connection, bash would read the .bashrc of the user.
      ...['PermitRootLogin yes', 'SetEnv SHLVL=2'],
    ].join('\n'),
  );
  // It needs this folder if it runs as root.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
  const server = spawn(sshd, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of server.stderr) if (String(line).includes('listening')) break;
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'IdentitiesOnly=yes'];
  return {
    command:
      `env -u SSH_AUTH_SOCK -u SSH_ASKPASS -u DISPLAY ssh -F none ${options.map((each) => `-o ${each}`).join(' ')} ` +
      `-i '${user}' -p ${port} ${userInfo().username}@127.0.0.1 'echo logged in'`,
    proof: 'logged in',
    close: () => void server.kill(),
  };
};

/** Runs a command as root with sudo, as a second user. */
export const askingSudo: AskingProgram = (folder, password) => {
  if (process.platform === 'win32') return Promise.resolve(undefined);
  const sudo = firstFile('/usr/bin/sudo');
  if (sudo === undefined || obstacleToSecondUser() !== false) return standInForSudo(folder, password);
  const command = sudoAsSecondUser(folder, sudo, password, 'sh -c "echo done as \\$(id -un)"');
  return Promise.resolve({ command, proof: 'done as root', close: () => undefined });
};

/**
 * Where a second user cannot be added: prompts on the terminal and reads from it without echo, as sudo and getpass(3) do,
 * and checks the password.
 */
const standInForSudo: AskingProgram = (folder, password) => {
  const [sudo, digest] = [join(folder, 'sudo'), join(folder, 'digest')];
  writeFileSync(
    sudo,
    `#!/bin/sh
printf '[sudo] password for ada: ' >/dev/tty
stty -echo </dev/tty
read -r password </dev/tty
stty echo </dev/tty
echo >/dev/tty
[ "$(printf %s "$password" | cksum)" = "$(cat '${digest}')" ] || { echo 'Sorry, try again.' >&2; exit 1; }
exec "$@"
`,
  );
  chmodSync(sudo, 0o755);
  writeFileSync(digest, execFileSync('cksum', { input: password }));
  return Promise.resolve({
    command: `'${sudo}' echo done as root </dev/null | cat`,
    proof: 'done as root',
    close: () => undefined,
  });
};

function output(program: string, args: string[]): string | undefined {
  try {
    return execFileSync(program, args, { encoding: 'utf8' }).trim();
  } catch {
    return undefined; // It is not installed.
  }
}

function firstFile(...paths: string[]): string | undefined {
  return paths.find((path) => existsSync(path));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
