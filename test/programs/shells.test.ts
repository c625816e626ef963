// Interactive shells and interpreters on a terminal, with line editing and a history.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { debianProgram, type Tried } from '../support/debian-program.ts';
import { startProgram } from './support.ts';

interface Interpreter {
  readonly tried: Tried;
  readonly args: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Prints the number 42, and a command that ends it. */
  readonly calculation: string;
  readonly end: string;
}

const INTERPRETERS: Readonly<Record<string, Interpreter>> = {
  bash: {
    tried: await debianProgram('bash', ['bash']),
    args: '--norc --noprofile -i',
    env: { PS1: 'prompt> ' },
    calculation: 'echo $((6 * 7))',
    end: 'exit 7',
  },
  zsh: {
    tried: await debianProgram('zsh', ['zsh', 'zsh-common'], { inPlace: true }),
    args: '-f -i',
    env: { PS1: 'prompt> ' },
    calculation: 'echo $((6 * 7))',
    end: 'exit 7',
  },
  fish: {
    tried: await debianProgram('fish', ['fish', 'fish-common', 'libpcre2-32-0'], { inPlace: true }),
    args: '--no-config -C \'function fish_prompt; echo "prompt> "; end\'',
    calculation: 'math "6 * 7"',
    end: 'exit 7',
  },
  python3: {
    tried: await debianProgram('python3', []),
    args: '-q',
    calculation: '6 * 7',
    end: 'raise SystemExit(7)',
  },
  node: {
    tried: { program: { file: process.execPath, env: {} }, skip: false },
    args: '-i',
    calculation: '6 * 7',
    end: 'process.exit(7)',
  },
};

for (const [name, { tried, args, env, calculation, end }] of Object.entries(INTERPRETERS)) {
  test(
    `${name} is used with its prompt, line editing, history, Ctrl+C and exit code`,
    { skip: tried.skip },
    async (t) => {
      assert.ok(tried.skip === false);
      const { file, env: needs } = tried.program;
      const program = await startProgram(t, `exec '${file}' ${args}`, { env: { ...needs, ...env } });
      assert.match((await program.asks()) ?? '', /^(line|likely)$/);
      await program.type(calculation);
      await program.prints(/^42$/, 1);
      await program.asks();
      // A typed character is erased again, and the line is repeated from the history.
      await program.session.call('interact', { job_id: program.id, input: 'zzz', newline: false });
      await program.press('backspace', 'backspace', 'backspace', 'up', 'enter');
      await program.prints(/^42$/, 2);
      await program.asks();
      // The line is discarded.
      await program.session.call('interact', { job_id: program.id, input: 'discarded', newline: false });
      await program.press('ctrl-c');
      await program.asks();
      await program.type(end);
      const { facts } = await program.exit();
      assert.deepEqual([facts.exit_code, facts.ended_by], ['7', undefined]);
      // Neither escape sequences nor carriage returns are left.
      assert.doesNotMatch(await program.text(), /[\x1b\r\b]/); // eslint-disable-line no-control-regex -- they would be control characters
    },
  );
}
