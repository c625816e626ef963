import { serveTasks } from '../../base/worker-service.ts';
import { search } from './log-search.ts';

serveTasks(search);
