// Programs that ask for a password or a passphrase, which the user types and no agent sees.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { listen } from '../stdio/support/processes.ts';
import { debianProgram } from '../support/debian-program.ts';
import { eventually } from '../support/runner.ts';
import { atEnd, scratchFolder } from '../support/scratch.ts';
import { obstacleToSecondUser, sudoAsSecondUser } from '../support/second-user.ts';
import { openAskingSession } from './asking-session.ts';

const SECRET = 'correct horse battery staple';

const git = await debianProgram('git', []);
const ssh = await debianProgram('ssh', ['openssh-client']);
const sshd = await debianProgram('sshd', ['openssh-server', 'libwrap0', 'libaudit1', 'libnsl2', 'libtirpc3']);
const sudo = await debianProgram('sudo', ['sudo']);
const isRoot = process.getuid?.() === 0;

test(
  'git asks for a name and for a password, which only the server receives',
  { skip: git.skip },
  async (t) => {
    let received = '';
    const server = createServer(({ headers: { authorization } }, response) => {
      received = Buffer.from(authorization?.replace('Basic ', '') ?? '', 'base64').toString();
      if (authorization === undefined) response.setHeader('WWW-Authenticate', 'Basic realm="test"');
      response.writeHead(authorization === undefined ? 401 : 404).end();
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const session = await openAskingSession(t, SECRET);
    const env = { GIT_ASKPASS: '', SSH_ASKPASS: '', HOME: scratchFolder(t), GIT_TERMINAL_PROMPT: '1' };
    const { facts, text } = await session.start(
      `git -c credential.helper= -c http.proxy= ls-remote http://127.0.0.1:${port}/repository.git`,
      { ...env, no_proxy: '*', http_proxy: '' },
    );
    assert.match(facts.input ?? '', /^(line|likely)$/, text);
    assert.match(text, /Username for/);
    const id = facts.id!;
    await session.call('interact', { job_id: id, input: 'ada' });
    const asked = await session.next(id);
    assert.equal(asked.facts.input, 'hidden', asked.text);
    assert.match(asked.text, /Password for[^]*ask_user/);
    const ended = await session.askUser(id);
    assert.equal(ended.facts.reason, 'exit', ended.text);
    assert.equal(received, `ada:${SECRET}`);
    session.assertUnseen();
  },
);

/** Starts an SSH server on loopback with keys of its own. @returns the arguments of ssh that reach it */
async function startSshServer(
  t: TestContext,
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = scratchFolder(t);
  const keygen = (name: string, passphrase: string): void => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', passphrase, '-f', join(folder, name)]);
  };
  keygen('host', '');
  keygen('user', SECRET);
  copyFileSync(join(folder, 'user.pub'), join(folder, 'authorized'));
  const { port, server } = await listen();
  await new Promise((resolve) => server.close(resolve));
  const settings = {
    Port: port,
    ListenAddress: '127.0.0.1',
    HostKey: join(folder, 'host'),
    AuthorizedKeysFile: join(folder, 'authorized'),
    PidFile: 'none',
    UsePAM: 'no',
    StrictModes: 'no',
    PasswordAuthentication: 'no',
    PermitRootLogin: 'yes',
    // In the outermost shell of a connection, bash would read the .bashrc of the user.
    SetEnv: 'SHLVL=2',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
  writeFileSync(join(folder, 'config'), lines.join(''));
  // As root, it wants an empty folder at a fixed place, and a user. Mounts that only it sees hold them.
  const addUser =
    '{ cat /etc/passwd; echo sshd:x:32100:65534::/run/sshd:/bin/false; } > /run/passwd && mount --bind /run/passwd /etc/passwd';
  const prepare = isRoot
    ? `mount -t tmpfs none /run && mkdir -m 755 /run/sshd && { id sshd || { ${addUser}; }; } && `
    : '';
  const command = `${prepare}exec '${file}' -D -e -f '${join(folder, 'config')}'`;
  const [program, args] = isRoot ? ['unshare', ['--mount', 'sh', '-c', command]] : ['sh', ['-c', command]];
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  atEnd(t, () => {
    child.kill();
    return child.exitCode === null ? once(child, 'exit') : undefined;
  });
  await eventually('the server listens', () => canConnect(port));
  const options = {
    Port: port,
    UserKnownHostsFile: join(folder, 'known'),
    IdentityFile: join(folder, 'user'),
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    PreferredAuthentications: 'publickey',
  };
  return Object.entries(options)
    .map(([name, value]) => `-o ${name}='${value}'`)
    .join(' ');
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

// Promise: secret-unseen
test(
  'ssh asks whether it knows the server and for a passphrase',
  { skip: sshd.skip || ssh.skip },
  async (t) => {
    assert.ok(sshd.skip === false && ssh.skip === false);
    const options = await startSshServer(t, sshd.program.file, sshd.program.env);
    const session = await openAskingSession(t, SECRET);
    const { facts, text } = await session.start(
      `'${ssh.program.file}' -F none ${options} ${userInfo().username}@127.0.0.1 'echo remote-$((6 * 7))'`,
      { SSH_ASKPASS: '', SSH_AUTH_SOCK: '', DISPLAY: '' },
    );
    assert.match(facts.input ?? '', /^(line|likely)$/, text);
    assert.match(text, /Are you sure you want to continue connecting/);
    const id = facts.id!;
    await session.call('interact', { job_id: id, input: 'yes' });
    const asked = await session.next(id);
    assert.equal(asked.facts.input, 'hidden', asked.text);
    assert.match(asked.text, /Enter passphrase for key[^]*ask_user/);
    const ended = await session.askUser(id);
    assert.deepEqual([ended.facts.reason, ended.facts.exit_code], ['exit', '0'], ended.text);
    assert.match(ended.text, /remote-42/);
    session.assertUnseen();
  },
);

test('sudo asks a second user for a password', { skip: sudo.skip || obstacleToSecondUser() }, async (t) => {
  assert.ok(sudo.skip === false);
  const folder = scratchFolder(t);
  const command = sudoAsSecondUser(folder, sudo.program.file, SECRET, 'id -u');
  const session = await openAskingSession(t, SECRET);
  const { facts, text } = await session.start(command, { SUDO_ASKPASS: '' });
  assert.equal(facts.input, 'hidden', text);
  assert.match(text, /\[sudo\] password for bgjtest:[^]*ask_user/);
  const ended = await session.askUser(facts.id!);
  assert.deepEqual([ended.facts.reason, ended.facts.exit_code], ['exit', '0'], ended.text);
  const { text: output } = await session.call('output', { job_id: facts.id });
  assert.match(output, /^0$/m);
  session.assertUnseen();
});

test('a secret that a program prints is masked in replies', async (t) => {
  const session = await openAskingSession(t, SECRET);
  const { facts, text: asked } = await session.start(
    `printf 'Password: '; stty -echo; read -r password; stty echo; echo; echo "it is <$password>"`,
  );
  assert.match(asked, /Call interact with ask_user/);
  const { text } = await session.askUser(facts.id!);
  assert.match(text, /it is <\*\*\*\*>/);
  const { text: screen } = await session.call('tail', { job_id: facts.id, view: 'screen' });
  assert.match(screen, /it is <\*\*\*\*>/);
});
