// Preloaded by test/run.ts. A variable of the environment would reach the jobs, too.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'node'));
