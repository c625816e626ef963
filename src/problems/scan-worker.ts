import { serveTasks } from '../base/worker-service.ts';
import { scanProblems } from './problem-scan.ts';

serveTasks(scanProblems);
