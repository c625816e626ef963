/**
 * `pm2-driver.ts FOLDER_OF_PM2`: carries out requests, a line of JSON each. It is a separate process, because pm2 reads
 * its home folder from the environment when it loads.
 */
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

export interface Question {
  readonly id: number;
  readonly verb: 'connect' | 'start' | 'describe' | 'list' | 'delete' | 'end';
  /** For `start` the words of the command as JSON, for `describe` and `delete` the id. */
  readonly argument: string;
}

export interface Process {
  readonly id: string;
  readonly status: string;
  readonly file: string;
}

export interface Answer {
  readonly id: number;
  readonly error?: string;
  readonly processes: Process[];
}

interface Description {
  pm_id?: number;
  pm2_env?: { pm_id?: number; status?: string; pm_out_log_path?: string };
}
type Done = (error: Error | null, found?: Description | Description[]) => void;
interface Pm2 {
  connect(done: Done): void;
  start(options: object, done: Done): void;
  describe(id: string, done: Done): void;
  list(done: Done): void;
  delete(id: string, done: Done): void;
  killDaemon(done: Done): void;
}

const pm2 = createRequire(import.meta.url)(process.argv[2] ?? '') as Pm2;
let started = 0;

function carryOut({ verb, argument }: Question, done: Done): void {
  switch (verb) {
    case 'connect':
      pm2.connect(done);
      break;
    case 'start': {
      const [script, ...args] = JSON.parse(argument) as string[];
      const name = `job-${String(started++)}`;
      pm2.start({ name, script, args, interpreter: 'none', autorestart: false }, done);
      break;
    }
    case 'describe':
    case 'delete':
      pm2[verb](argument, done);
      break;
    case 'list':
      pm2.list(done);
      break;
    case 'end':
      pm2.killDaemon(done);
  }
}

function toProcess({ pm_id, pm2_env: env }: Description): Process {
  return { id: String(pm_id ?? env?.pm_id), status: env?.status ?? '', file: env?.pm_out_log_path ?? '' };
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line) as Question;
  const answer = await new Promise<Answer>((resolve) => {
    carryOut(question, (error, found) => {
      // Some methods return an object where others return a list.
      const all = Array.isArray(found) ? found : [];
      resolve({
        id: question.id,
        ...(error !== null && { error: error.message }),
        processes: all.map(toProcess),
      });
    });
  });
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
process.exit();
